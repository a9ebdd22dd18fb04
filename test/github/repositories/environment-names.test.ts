import { afterEach, beforeEach, expect, test } from "vitest";
import { startAcme } from "../../support/start-acme.ts";
import { createEnvironmentNames } from "../../../src/github/repositories/environment-names.ts";

const named = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, {}] as const));
const many = Array.from({ length: 101 }, (_, index) => `preview-${index}`);

let acme: Awaited<ReturnType<typeof startAcme>>;
beforeEach(async () => {
  acme = await startAcme({
    repositories: [
      { name: "api", environments: named("release") },
      { name: "web", environments: named("release", "staging") },
      { name: "site", environments: named(...many) },
    ],
  });
});
afterEach(() => acme.close());

const load = (...repositories: readonly string[]) =>
  createEnvironmentNames(acme.client(), "acme", (read) => read()).loadMany(repositories);

const requests = () => acme.simulator.requests.map(({ method, path }) => `${method} ${path}`);

/** GitHub shows what api has, and refuses the second repository. */
function refuseSecond(): void {
  const environments = { nodes: [{ name: "release" }], pageInfo: { hasNextPage: false } };
  const error = { type: "FORBIDDEN", message: "Repository access blocked", path: ["r1"] };
  acme.simulator.faults.inject(
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
  acme.simulator.faults.inject(
    { path: "/repos/acme/web/environments" },
    { kind: "answer", status: 403, body: '{"message":"Repository access blocked"}' },
  );
  expect(await load("api", "web")).toEqual([["release"], expect.objectContaining({ status: 403 })]);
});

test("a repository that is not there has none", async () => {
  expect(await load("api", "gone")).toEqual([["release"], []]);
});
