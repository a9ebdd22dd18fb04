export { createClient as gitHubAs, type Client as GitHub } from "github-simulator/testing";
