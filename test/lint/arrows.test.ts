import { Linter } from "eslint";
import { expect, test } from "vitest";
import { arrowsRule } from "../../lint/arrows.mjs";

const linter = new Linter({ cwd: "/project" });

/** What the rule says about one line in one file of the project. */
function complaints(file: string, line: string): string[] {
  const config = {
    files: ["**/*.ts"],
    plugins: { house: { rules: { arrows: arrowsRule } } },
    rules: { "house/arrows": "error" as const },
  };
  return linter.verify(line, config, { filename: `/project/${file}` }).map((each) => each.message);
}

test.each([
  // fleet -> publishing -> resources -> index.ts
  ["src/fleet/load.ts", 'import "../publishing/render.ts";'],
  ["src/fleet/load.ts", 'import "../resources/registry-secret.ts";'],
  ["src/publishing/render.ts", 'import "../resources/registry-secret.ts";'],
  ["src/resources/registry-secret.ts", 'import "../../index.ts";'],
  // github, registry -> provider
  ["src/github/client.ts", 'import "../../provider/protocol/server.ts";'],
  ["src/registry/client.ts", 'import "../../provider/protocol/server.ts";'],
  ["src/github/client.ts", 'import "../registry/client.ts";'],
  ["provider/main.ts", 'import "../src/fleet/load.ts";'],
  ["provider/main.ts", 'import "../src/resources/registry-secret.ts";'],
  ["provider/protocol/server.ts", 'import "../resources/vault.ts";'],
  ["provider/resources/vault.ts", 'import "../main.ts";'],
  ["provider/resources/vault.ts", 'import "../../src/fleet/load.ts";'],
  // fleet -> operations -> report -> cli
  ["src/fleet/load.ts", 'import "../operations/rollout/waves.ts";'],
  ["src/operations/rollout/waves.ts", 'import "../../report/markdown.ts";'],
  ["src/report/markdown.ts", 'import "../cli/main.ts";'],
  // a check must not inherit the bug of what it checks
  ["policy/pack.ts", 'import "../src/fleet/load.ts";'],
  ["policy/pack.ts", 'import "../provider/protocol/server.ts";'],
  ["packages/github-simulator/src/http/app.ts", 'import "../../../../src/github/client.ts";'],
  [
    "packages/github-simulator/src/http/app.ts",
    'import "../../../../provider/protocol/server.ts";',
  ],
  ["packages/github-simulator/src/http/app.ts", 'import "../../../../policy/pack.ts";'],
  // nothing else knows where the engine came from, and it knows nothing of the house
  ["src/operations/rollout/waves.ts", 'import "../../../tools/engine.ts";'],
  ["tools/run.mjs.ts", 'import "../src/fleet/load.ts";'],
  // every form of import
  ["policy/pack.ts", 'export * from "../src/fleet/load.ts";'],
  ["policy/pack.ts", 'export { load } from "../src/fleet/load.ts";'],
  ["policy/pack.ts", 'const load = import("../src/fleet/load.ts");'],
])("%s: %s is reported", (file, line) => {
  expect(complaints(file, line)).toEqual([expect.stringContaining(" must not import ")]);
});

test.each([
  ["test/e2e/story.test.ts", 'import "../../packages/github-simulator/src/clock.ts";'],
  ["demo/story.ts", 'import "../packages/github-simulator/test/client.ts";'],
  ["src/cli/main.ts", 'import("../../packages/github-simulator/src/index.ts");'],
])("%s: %s reaches into a package", (file, line) => {
  expect(complaints(file, line)).toEqual([
    "Import github-simulator by its name: its files are its own. See lint/arrows.mjs.",
  ]);
});

test.each([
  ["packages/github-simulator/test/a.test.ts", 'import "../src/clock.ts";'],
  ["src/fleet/load.ts", 'import "./schema.ts"; import "zod"; import "node:fs";'],
  ["src/publishing/render.ts", 'import "../fleet/schema.ts";'],
  [
    "src/resources/fleet-repository.ts",
    'import "../publishing/render.ts"; import "../fleet/a.ts";',
  ],
  ["index.ts", 'import "./src/resources/fleet-repository.ts";'],
  ["provider/main.ts", 'import "../src/github/client.ts"; import "./protocol/server.ts";'],
  ["provider/resources/vault.ts", 'import "../../src/registry/a.ts"; import "../protocol/a.ts";'],
  ["src/report/markdown.ts", 'import "../operations/rollout/waves.ts";'],
  ["src/cli/main.ts", 'import "../report/markdown.ts"; import "github-simulator";'],
  ["test/policy/token.test.ts", 'import "../../policy/pack.ts"; import "../../src/fleet/a.ts";'],
])("%s: %s is fine", (file, line) => {
  expect(complaints(file, line)).toEqual([]);
});

test("the message names both ends and what is allowed", () => {
  expect(complaints("src/publishing/render.ts", 'import "../resources/a.ts";')).toEqual([
    "src/publishing must not import src/resources; it may import src/fleet, src/user-error.ts. See lint/arrows.mjs.",
  ]);
});
