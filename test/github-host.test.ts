import { expect, test } from "vitest";
import { gitHubHost, lacking, registryOf } from "../src/github-host.ts";

const github = { api: "https://api.github.com", web: "https://github.com", registry: "ghcr.io" };
const resident = {
  api: "https://api.acme.ghe.com",
  web: "https://acme.ghe.com",
  registry: "containers.acme.ghe.com",
};
const server = {
  api: "https://git.example.com/api/v3",
  web: "https://git.example.com",
  registry: "containers.git.example.com",
};

test.each([
  ["https://api.github.com/", "github.com", github],
  ["https://github.com", "github.com", github],
  ["https://acme.ghe.com/", "data-residency", resident],
  ["https://api.acme.ghe.com", "data-residency", resident],
  ["https://git.example.com", "enterprise-server", server],
  ["https://git.example.com/api/v3/", "enterprise-server", server],
  // The simulator in github.com's place.
  ["http://127.0.0.1:4010/", "github.com", { ...github, api: "http://127.0.0.1:4010" }],
  ["http://localhost:4010", "github.com", { ...github, api: "http://localhost:4010" }],
  ["http://[::1]:4010", "github.com", { ...github, api: "http://[::1]:4010" }],
])("everything derives from the base URL %s", (baseUrl, kind, { registry, ...addresses }) => {
  const host = gitHubHost(baseUrl);
  expect(host).toEqual({ kind, ...addresses });
  expect(registryOf(host)).toBe(registry);
  expect(gitHubHost(host.api)).toEqual(host);
});

test("a server on this machine is one by its path, and its registry has to be said", () => {
  const host = gitHubHost("http://127.0.0.1:4010/api/v3/");
  expect(host).toEqual({
    kind: "enterprise-server",
    api: "http://127.0.0.1:4010/api/v3",
    web: "http://127.0.0.1:4010",
  });
  expect(() => registryOf(host)).toThrow(
    "fleet.registry is missing: 127.0.0.1:4010 is an address, and no name of a container registry follows from it; write fleet.registry: <host of the registry>",
  );
  expect(registryOf(host, "registry.example.com")).toBe("registry.example.com");
});

test("the fleet's registry takes the place of the host's", () => {
  expect(registryOf(gitHubHost("https://git.example.com"), "git.example.com")).toBe(
    "git.example.com",
  );
});

test("only an Enterprise Server lacks features", () => {
  expect(lacking(gitHubHost("https://git.example.com"), "artifact attestations")).toBe(
    "git.example.com is an Enterprise Server, which has no artifact attestations",
  );
  expect(lacking(gitHubHost("https://api.acme.ghe.com"), "artifact attestations")).toBeUndefined();
});
