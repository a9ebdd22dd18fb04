import { parseSeed, startSimulator, type Simulator } from "github-simulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { createEnvironmentNames } from "../../../src/github/repositories/environment-names.ts";

const named = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, {}] as const));
const many = Array.from({ length: 101 }, (_, index) => `preview-${index}`);

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }],
      tokens: [{ name: "admin", owner: "mona", scopes: ["repo"] }],
      repositories: [
        { name: "api", environments: named("release") },
        { name: "web", environments: named("release", "staging") },
        { name: "site", environments: named(...many) },
      ],
    }),
  });
});
afterEach(() => simulator.close());

function load(...repositories: readonly string[]) {
  const token = simulator.world.tokenValue("admin");
  const github = createGitHubClient({ baseUrl: simulator.url, token });
  return createEnvironmentNames(github, "acme", (read) => read()).loadMany(repositories);
}

const requests = () => simulator.requests.map(({ method, path }) => `${method} ${path}`);

/** GitHub shows what api has, and refuses the second repository. */
function refuseSecond(): void {
  const environments = { nodes: [{ name: "release" }], pageInfo: { hasNextPage: false } };
  const error = { type: "FORBIDDEN", message: "Repository access blocked", path: ["r1"] };
  simulator.faults.inject(
    { path: "/graphql", body: "query Environments" },
    {
      kind: "answer",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: { r0: { environments }, r1: null }, errors: [error] }),
    },
  );
}

test("more than a hundred environments are read to the last", async () => {
  expect(await load("api", "site")).toEqual([["release"], many]);
});

test("what GitHub leaves out of its answer to many is asked for by itself", async () => {
  refuseSecond();
  expect(await load("api", "web")).toEqual([["release"], ["release", "staging"]]);
  expect(requests()).toEqual(["POST /graphql", "GET /repos/acme/web/environments?per_page=100"]);
});

test("a repository that GitHub refuses to show is not one without environments", async () => {
  refuseSecond();
  simulator.faults.inject(
    { path: "/repos/acme/web/environments" },
    { kind: "answer", status: 403, body: '{"message":"Repository access blocked"}' },
  );
  expect(await load("api", "web")).toEqual([["release"], expect.objectContaining({ status: 403 })]);
});

test("a repository that is not there has none", async () => {
  expect(await load("api", "gone")).toEqual([["release"], []]);
});
