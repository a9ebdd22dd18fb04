import { expect, test } from "vitest";
import type { FoundRepository } from "../../src/fleet/selection/select-repositories.ts";
import { foundRepository } from "../support/found-repository.ts";
import { resolve as resolveFleet } from "./resolve.ts";

const everything = [foundRepository("api"), foundRepository("web"), foundRepository(".github")];

const resolve = (settings: object, found = everything) =>
  resolveFleet(
    {
      shared: { repository: "acme/.github" },
      defaults: { form: "shared" },
      repositories: [{ match: "*" }],
      ...settings,
    },
    found,
  );

test("the shared workflow has the defaults, and callers pass what their entries say", () => {
  const fleet = resolve({
    defaults: { form: "shared", timeoutMinutes: 20, buildArgs: { A: "1" } },
    repositories: [{ name: "api", runner: "ubuntu-22.04" }, { name: "web" }],
  });
  expect(fleet.shared).toMatchObject({
    repository: ".github",
    branch: "main",
    timeoutMinutes: 20,
    buildArgs: { A: "1" },
    runner: "ubuntu-24.04",
  });
  expect(fleet.repositories.map(({ name, passed }) => ({ name, passed }))).toEqual([
    { name: "api", passed: ["runner"] },
    { name: "web", passed: [] },
  ]);
});

test("a pattern leaves the central repository out, and its name brings it in", () => {
  const { repositories, skipped } = resolve({});
  expect(repositories.map(({ name }) => name)).toEqual(["api", "web"]);
  expect(skipped).toEqual([
    {
      name: ".github",
      reason: "it holds the fleet's shared workflow: name it in fleet.repositories to bring it in",
    },
  ]);
  const named = resolve({ repositories: [{ match: "*" }, { name: ".github" }] });
  expect(named.repositories.map(({ name }) => name)).toEqual([".github", "api", "web"]);
});

test.each<[string, object, FoundRepository[]?]>([
  ["form of .github, api, web: shared needs the repository", { shared: undefined }],
  ["acme/.github does not exist", {}, [foundRepository("api")]],
  ["globex/x does not belong to acme", { shared: { repository: "globex/x" } }],
  ["other/.github does not belong to acme", { shared: { repository: "other/.github" } }],
  [
    "acme/.github is archived",
    {},
    [foundRepository("api"), foundRepository(".github", { archived: true })],
  ],
  [
    "acme/.github is empty",
    {},
    [foundRepository("api"), foundRepository(".github", { empty: true })],
  ],
  ["form of api, web: a caller cannot pass the secret", { secret: { scope: "environment" } }],
  [
    "form of api: the shared workflow builds one image",
    { repositories: [{ name: "api", images: [{ image: "one" }, { image: "two" }] }] },
  ],
  ["fleet.defaults: the shared workflow", { defaults: { form: "shared", target: "production" } }],
  [
    "form of web: the shared workflow has no login",
    { repositories: [{ name: "web", workflows: { pullRequestLogin: "read" } }] },
  ],
  [
    "form of web: GitHub lets no repository call",
    {},
    [foundRepository("web", { visibility: "public" }), foundRepository(".github")],
  ],
])("refuses with the way out: %s", (message, settings, found) => {
  expect(() => resolve(settings, found)).toThrow(message);
});
