import { parseSeed, startSimulator } from "github-simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";

const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "admin" }],
  tokens: [{ name: "admin", owner: "ada", scopes: ["repo", "admin:org"] }],
  repositories: [{ name: "web" }],
});

let server: Simulator;
beforeAll(async () => {
  server = await startSimulator({ seed, host: "enterprise-server", actions: false });
});
afterAll(() => server.close());

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ask = (path: string, { headers, ...asked }: Asked = {}) =>
  fetch(server.url + path, {
    ...asked,
    headers: { authorization: `Bearer ${server.tokens["admin"]}`, ...headers },
  });

test("the API is below /api/v3, names the server's version, and links to the server", async () => {
  expect((await ask("/repos/acme/web")).status).toBe(404);
  const answer = await ask("/api/v3/repos/acme/web");
  expect(answer.headers.get("x-github-enterprise-version")).toMatch(/^3\.\d+\.\d+$/);
  expect(await answer.json()).toMatchObject({
    html_url: `${server.url}/acme/web`,
    url: `${server.url}/api/v3/repos/acme/web`,
    owner: { html_url: `${server.url}/acme` },
  });
});

test("GraphQL is at /api/graphql", async () => {
  const body = JSON.stringify({ query: '{ repository(owner: "acme", name: "web") { url } }' });
  expect((await ask("/graphql", { method: "POST", body })).status).toBe(404);
  const answer = await ask("/api/graphql", { method: "POST", body });
  expect(await answer.json()).toEqual({ data: { repository: { url: `${server.url}/acme/web` } } });
});

test("it refuses the newer version, and has no API that only github.com has", async () => {
  const newer = { headers: { "x-github-api-version": "2026-03-10" } };
  expect((await ask("/api/v3/user", newer)).status).toBe(400);
  const body = JSON.stringify({ credentials: ["none"] });
  const revoked = await ask("/api/v3/credentials/revoke", { method: "POST", body });
  expect(revoked.status).toBe(404);
});

test("git and the registry have the server's addresses", async () => {
  const refs = await ask("/acme/web.git/info/refs?service=git-upload-pack", {
    headers: { authorization: `Basic ${btoa(`x:${server.tokens["admin"]}`)}` },
  });
  expect(refs.status).toBe(200);
  const login = await fetch(`${server.registryUrl}/v2/acme/web/tags/list`);
  expect(login.headers.get("www-authenticate")).toContain(
    `realm="${server.registryUrl}/token",service="containers.github.example.com"`,
  );
});
