import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkWorkflows } from "../../policy/check.ts";
import { missingTool } from "../missing-tool.ts";
import { githubFindings } from "./github-parser.ts";
import { actionlintFindings, zizmorFindings } from "./linters.ts";

/** The workflows of the stack's own repository, which a checkout of this project is. */
const folder = fileURLToPath(new URL("../../.github/workflows", import.meta.url));
const names = await readdir(folder);
const paths = names.map((name) => join(folder, name));
const texts = await Promise.all(
  paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })),
);

test("preview, apply and watch are there", () => {
  expect(names.sort()).toEqual(["apply.yml", "preview.yml", "watch.yml"]);
});

test("the product's own rules find nothing", async () => {
  expect(await checkWorkflows(texts, { now: new Date() })).toEqual([]);
});

test("GitHub's own parser finds nothing", async () => {
  const findings = await Promise.all(texts.map(({ path, text }) => githubFindings(path, text)));
  expect(findings.flat()).toEqual([]);
});

test.skipIf(missingTool("actionlint"))(
  "actionlint finds nothing",
  { timeout: 120_000 },
  async () => {
    expect(await actionlintFindings(paths)).toEqual([]);
  },
);

test.skipIf(missingTool("zizmor"))(
  "zizmor, offline and pedantic, finds nothing",
  { timeout: 120_000 },
  async () => {
    expect(await zizmorFindings(paths)).toEqual([]);
  },
);
