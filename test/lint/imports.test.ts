import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, onTestFinished, test } from "vitest";
import configuration from "../../lint/imports.mjs";

/** The rules that imports break, as `file -> imported file: rule`; each file is its imports. */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "imports-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const imported = Object.entries(files).flatMap(([file, text]) =>
    [...text.matchAll(/"(\.[^"]*)"/g)].map(([, path = ""]) => join(dirname(file), path)),
  );
  for (const file of imported) await write(join(folder, file), "export {};\n");
  for (const [file, text] of Object.entries(files)) await write(join(folder, file), text);
  const { forbidden = [], options } = configuration;
  const settings = { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } };
  const { output } = await cruise(["."], settings);
  return (output as ICruiseResult).summary.violations
    .map(({ from, to, rule }) => `${from} -> ${to}: ${rule.name}`)
    .sort();
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

test("imports against the arrows are reported, in every form", async () => {
  const files = {
    // fleet -> publishing -> resources -> index.ts
    "src/fleet/a.ts": 'import "../publishing/render.ts";',
    "src/publishing/a.ts": 'import type { A } from "../resources/registry-secret.ts";',
    "src/resources/a.ts": 'import "../../index.ts";',
    // github, registry -> provider
    "src/github/a.ts": 'export * from "../registry/client.ts";',
    "src/registry/a.ts": 'export { a } from "../../provider/protocol/server.ts";',
    "provider/main.ts": 'import "../src/fleet/load.ts";',
    "provider/protocol/a.ts": 'import "../resources/vault.ts";',
    "provider/resources/a.ts": 'import "../../src/fleet/load.ts";',
    // operations -> report -> cli
    "src/operations/rollout/a.ts": 'import "../../report/tone.ts";',
    "src/report/a.ts": 'import "../cli/main.ts";',
    "src/cli/stacks/a.ts": 'import "../status/status.ts";',
    // a check must not inherit the bug of what it checks
    "policy/a.ts": 'const load = import("../src/fleet/load.ts");',
    "packages/github-simulator/src/a.ts": 'import "../../../policy/rules.ts";',
    // only commands know where the engine is
    "src/stack/a.ts": 'import "../../tools/engine.ts";',
    "tools/a.ts": 'import "../src/fleet/load.ts";',
  };
  expect(await violations(files)).toMatchInlineSnapshot(`
    [
      "packages/github-simulator/src/a.ts -> policy/rules.ts: imports-of-packages/github-simulator/src",
      "policy/a.ts -> src/fleet/load.ts: imports-of-policy",
      "provider/main.ts -> src/fleet/load.ts: imports-of-provider",
      "provider/protocol/a.ts -> provider/resources/vault.ts: imports-of-provider/protocol",
      "provider/resources/a.ts -> src/fleet/load.ts: imports-of-provider/resources",
      "src/cli/stacks/a.ts -> src/cli/status/status.ts: imports-of-src/cli/stacks",
      "src/fleet/a.ts -> src/publishing/render.ts: imports-of-src/fleet",
      "src/github/a.ts -> src/registry/client.ts: imports-of-src/github",
      "src/operations/rollout/a.ts -> src/report/tone.ts: imports-of-src/operations/rollout",
      "src/publishing/a.ts -> src/resources/registry-secret.ts: imports-of-src/publishing",
      "src/registry/a.ts -> provider/protocol/server.ts: imports-of-src/registry",
      "src/report/a.ts -> src/cli/main.ts: imports-of-src/report",
      "src/resources/a.ts -> index.ts: imports-of-src/resources",
      "src/stack/a.ts -> tools/engine.ts: imports-of-src/stack",
      "tools/a.ts -> src/fleet/load.ts: imports-of-tools",
    ]
  `);
});

test("imports along the arrows are not reported", async () => {
  const files = {
    "src/fleet/a.ts": 'import "./schema.ts"; import "node:fs";',
    "src/publishing/a.ts": 'import "../fleet/schema.ts";',
    "src/resources/a.ts": 'import "../publishing/render.ts"; import "../fleet/b.ts";',
    "index.ts": 'import "./src/declare-fleet.ts";',
    "src/declare-fleet.ts": 'import "./resources/fleet-repository.ts";',
    "provider/main.ts": 'import "../src/github/client.ts"; import "./protocol/server.ts";',
    "provider/resources/a.ts": 'import "../../src/registry/a.ts"; import "../protocol/a.ts";',
    "src/report/a.ts": 'import "../operations/rollout/events.ts";',
    "src/cli/main.ts": 'import "./status/command.ts"; import "../report/tone.ts";',
    "src/cli/status/status.ts": 'import "../stacks/open.ts"; import "../terminal/colors.ts";',
    "test/policy/a.test.ts": 'import "../../policy/pack.ts"; import "../../src/fleet/b.ts";',
    "packages/github-simulator/test/a.test.ts": 'import "../src/clock.ts";',
  };
  expect(await violations(files)).toEqual([]);
});

test("circles are reported, of files and of folders, and of types", async () => {
  const files = {
    "test/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
    "test/b.ts": 'import type { A } from "./a.ts"; export type B = A;',
    "src/operations/audit/a.ts": 'import "../../github/tokens/inspect.ts";',
    "src/github/tokens/list.ts": 'import "../client/client.ts";',
    "src/github/client/retry.ts": 'import "../tokens/list.ts";',
    "src/cli/main.ts": 'import "./status/command.ts";',
    "src/cli/status/command.ts": 'import "../colors.ts";',
  };
  expect(await violations(files)).toMatchInlineSnapshot(`
    [
      "src/cli/status/command.ts -> src/cli/colors.ts: main-imports-verbs",
      "src/github/client -> src/github/tokens: no-folder-circle",
      "src/github/tokens -> src/github/client: no-folder-circle",
      "test/a.ts -> test/b.ts: no-circle",
    ]
  `);
});

test("a package is imported by its name, and a file that does not exist is reported", async () => {
  const files = {
    "demo/a.ts": 'import "../packages/github-simulator/src/clock.ts";',
    "test/a.ts": 'import "../packages/github-simulator/src/testing.ts"; import "no-such-package";',
  };
  expect(await violations(files)).toMatchInlineSnapshot(`
    [
      "demo/a.ts -> packages/github-simulator/src/clock.ts: package-by-name",
      "test/a.ts -> no-such-package: unresolvable",
      "test/a.ts -> packages/github-simulator/src/testing.ts: package-by-name",
    ]
  `);
});
