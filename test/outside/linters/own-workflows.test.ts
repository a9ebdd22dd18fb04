import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { checkWorkflows } from "../../../policy/check.ts";
import { missingTool } from "../../support/missing-tool.ts";
import { githubFindings } from "./github-parser.ts";
import { actionlintFindings, zizmorFindings } from "./linters.ts";

/** The workflows of a stack's own repository, for which a checkout of this project can be used, and the release. */
const folder = fileURLToPath(new URL("../../../.github/workflows", import.meta.url));
const names = await readdir(folder);
/** What they use to set up and to run a verb. */
const action = join(folder, "../actions/ghcr-fleet/action.yml");
/** The one in a guide, to be copied. */
const copied = await copyFromGuide("rollout");
afterAll(() => rm(copied.folder, { recursive: true }));
const paths = [...names.map((name) => join(folder, name)), copied.path];
const texts = await Promise.all(
  paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })),
);

/** Writes the workflow of that name in docs/<name>.md to a file that the linters accept as one. */
async function copyFromGuide(name: string): Promise<{ folder: string; path: string }> {
  const guide = await readFile(new URL(`../../../docs/${name}.md`, import.meta.url), "utf8");
  const [, text] = new RegExp(`\`\`\`yaml\\n(name: ${name}\\n[^\`]*)\`\`\``).exec(guide) ?? [];
  if (text === undefined) throw new Error(`docs/${name}.md shows no workflow ${name}`);
  const root = await mkdtemp(join(tmpdir(), "ghcr-fleet-guide-"));
  const path = join(root, ".github", "workflows", `${name}.yml`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return { folder: root, path };
}

test("the workflows of a stack, and the release of this project, are there", () => {
  expect(names.sort()).toEqual(["apply.yml", "preview.yml", "release.yml", "watch.yml"]);
});

test("the product's own rules find nothing", async () => {
  const all = [...texts, { path: action, text: await readFile(action, "utf8") }];
  expect(await checkWorkflows(all, { now: new Date() })).toEqual([]);
});

test("GitHub's own parser finds nothing", async () => {
  const findings = await Promise.all(texts.map(({ path, text }) => githubFindings(path, text)));
  expect(findings.flat()).toEqual([]);
});

test.skipIf(missingTool("actionlint"))("actionlint finds nothing", async () => {
  expect(await actionlintFindings(paths)).toEqual([]);
});

test.skipIf(missingTool("zizmor"))("zizmor, offline and pedantic, finds nothing", async () => {
  expect(await zizmorFindings([...paths, action])).toEqual([]);
});
