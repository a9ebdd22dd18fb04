import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import { runBin, type Ended } from "../run-bin.ts";
import { assertDocument } from "../../support/assert-document.ts";

let checkout: string;
let workflows: string;

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), "ghcr-fleet-check-"));
  workflows = join(checkout, ".github/workflows");
  await mkdir(workflows, { recursive: true });
  for (const [path, text] of Object.entries(renderWorkflows(workflowOptions())))
    await writeFile(join(checkout, path), text);
  await mkdir(join(checkout, "empty"));
  await mkdir(join(checkout, "bad/folder.yml"), { recursive: true });
  await mkdir(join(checkout, "unreadable"));
  await symlink("nowhere", join(checkout, "unreadable/broken.yml"));
  await writeFile(join(checkout, "bad/test.yml"), "on: workflow_run\njobs: {}\n");
});
afterAll(() => rm(checkout, { recursive: true, force: true }));

function check(...args: string[]): Promise<Ended> {
  return checkWithInput("", ...args);
}

function checkWithInput(input: string, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: "1" };
  return runBin(["check", ...args], { cwd: checkout, env, input });
}

test("the workflows of this folder are checked, and correct ones end with 0", async () => {
  expect(await check()).toEqual({
    code: 0,
    stdout: "2 files: no findings\n",
    stderr: "",
  });
});

test("a broken rule is named with its line and fix, and ends with 3", async () => {
  const { code, stdout } = await check("bad", ".");
  expect(code).toBe(3);
  expect(stdout).toMatchInlineSnapshot(`
    "mandatory workflow-no-dangerous-trigger: Use pull_request, which runs without secrets, or push.
      bad/test.yml:1: must not be triggered by workflow_run.

    mandatory workflow-parses: Correct the line; \`ghcr-fleet check\` shows whether the file is valid then.
      bad/test.yml:2: must have a job that needs no other job.

    3 files: 2 mandatory, 0 advisory
    "
  `);
});

test("JSON and SARIF say the same", async () => {
  const { code, stdout } = await check("bad/test.yml", "--json", "--sarif", "out.sarif");
  expect(code).toBe(3);
  await assertDocument("check", stdout);
  const { findings, ...rest } = JSON.parse(stdout) as { findings: object[] };
  expect(rest).toEqual({ version: 1, files: ["bad/test.yml"], open: [] });
  const sarif = JSON.parse(await readFile(join(checkout, "out.sarif"), "utf8")) as {
    runs: [{ results: { ruleId: string; partialFingerprints: object }[] }];
  };
  for (const { partialFingerprints } of sarif.runs[0].results)
    expect(partialFingerprints).toEqual({
      primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]+:1$/) as string,
    });
  expect(findings).toMatchObject(sarif.runs[0].results.map(({ ruleId }) => ({ rule: ruleId })));
  expect(findings.length).toBeGreaterThan(0);
});

test("workflows are compared with the lockfile beside them", async () => {
  const folder = join(checkout, "locked/.github/workflows");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "ci.yml"), await readFile(join(workflows, "ci.yml")));
  const lock = "version: 'v0.0.2'\nworkflows:\n    '.github/workflows/ci.yml': []\n";
  await writeFile(join(folder, "actions.lock"), lock);
  const { code, stdout } = await check("locked");
  expect(code).toBe(3);
  expect(stdout).toMatch(
    /^mandatory workflow-locked: .*\n(?: {2}.*\n)*? {2}locked\/.github\/workflows\/ci.yml:.*: must have docker\/login-action in the lockfile that lists this workflow/m,
  );
});

test("the actions of a checkout are judged with its workflows", async () => {
  const folder = join(checkout, "with-action/.github/actions/build/image");
  await mkdir(folder, { recursive: true });
  const action = ["name: a", "description: a", "runs:", "  using: composite", "  steps:"];
  const text = [...action, "    - uses: actions/checkout@v4", ""].join("\n");
  await writeFile(join(folder, "action.yml"), text);
  const { code, stdout } = await check("with-action");
  expect(stdout).toMatch(
    /^advisory .*\n {2}with-action\/.github\/actions\/build\/image\/action.yml:6: /m,
  );
  await writeFile(join(checkout, "with-action/action.yml"), text);
  const atRoot = await check("with-action");
  expect(atRoot.stdout).toMatch(
    /^mandatory workflow-no-persisted(?:.*\n)*? {2}with-action\/action.yml:6: /m,
  );
  expect(stdout).toContain("1 file: 1 mandatory, 1 advisory");
  expect(code).toBe(3);
});

test.each([
  ["{bad,.github}/**/*.yml", /^ {2}bad\/test.yml:1: .*\n(?:.*\n)*\d files: /m],
  ["bad/*.{yml,yaml}", /1 file: 2 mandatory/],
  [".github/**/ci.y?ml", /no file matches/],
  ["./.github/workflows/[c]i.yml", /^1 file: no findings/],
])("a pattern that no shell has expanded is expanded: %s", async (pattern, says) => {
  const { code, stdout, stderr } = await check(pattern);
  expect(stdout + stderr).toMatch(says);
  expect(code).toBe(stderr === "" ? (stdout.includes("no findings") ? 0 : 3) : 2);
});

test("a pattern may be absolute", async () => {
  const { stdout } = await check(join(checkout, ".github/**/c*.yml"));
  expect(stdout).toBe("1 file: no findings\n");
});

test("standard input is checked as the file that --stdin-filename names", async () => {
  const text = "on: { push: { branches: ['*'] } }\njobs: {} # ghcr.io\n";
  const plain = await checkWithInput(text, "-", "bad/test.yml");
  expect(plain.stdout).toMatch(/^mandatory workflow-parses: .*\n {2}bad\/.*\n {2}stdin.yml:2: /m);
  const named = [".github/workflows/ci.yml", "--json", "--sarif", "stdin.sarif"];
  const { stdout, code } = await checkWithInput(text, "-", "--stdin-filename", ...named);
  const { findings } = JSON.parse(stdout) as { findings: object[] };
  expect(findings).toContainEqual(
    expect.objectContaining({ rule: "workflow-parses", path: ".github/workflows/ci.yml" }),
  );
  expect(await readFile(join(checkout, "stdin.sarif"), "utf8")).toContain(
    "primaryLocationLineHash",
  );
  expect(code).toBe(3);
});

test("a file that is too large for a workflow is refused, wherever it is from", async () => {
  const large = `on: push\n${"# a large file\n".repeat(80_000)}`;
  await writeFile(join(checkout, "bad/large.yml"), large);
  const said = "this is larger than 1 MiB, which no workflow file is\n";
  const named = { code: 2, stdout: "", stderr: `bad/large.yml: ${said}` };
  expect(await check("bad/large.yml")).toEqual(named);
  expect(await checkWithInput(large, "-")).toMatchObject({ stderr: `standard input: ${said}` });
  await rm(join(checkout, "bad/large.yml"));
});

test("a policy configuration applies, and only advice ends with 0", async () => {
  const off = { "workflow-no-dangerous-trigger": "advisory", "workflow-parses": "disabled" };
  await writeFile(join(checkout, "policy.json"), JSON.stringify(off));
  const { code, stdout } = await check("bad", "--policy-pack-config", "policy.json");
  expect(stdout).toContain("1 file: 0 mandatory, 1 advisory");
  expect(code).toBe(0);
});

test("all errors in a policy configuration are reported at once, and end with 2", async () => {
  const config = { "pat-expiry-maxx": { maxDays: 1 }, "pat-expiry-max": { maxDays: 4000 } };
  await writeFile(join(checkout, "wrong.json"), JSON.stringify(config));
  const { code, stderr } = await check("bad", "--policy-pack-config", "wrong.json");
  expect(stderr).toMatchInlineSnapshot(`
    "wrong.json is not a policy configuration:
      pat-expiry-maxx: is not a rule; remove it, or correct its spelling
      pat-expiry-max.maxDays: is too large; give at most 366
    "
  `);
  expect(code).toBe(2);
});

test.each([
  [
    ["nowhere"],
    "nowhere: there is no such file or folder; name a workflow file, a folder of them, or a checkout",
  ],
  [["unreadable"], "unreadable/broken.yml: there is no such file or folder"],
  [["/dev/null"], "/dev/null: this is neither a file nor a folder"],
  [
    ["bad", "--sarif", "nowhere/out.sarif"],
    "--sarif nowhere/out.sarif: there is no folder nowhere; create it",
  ],
  [["empty"], "empty: there are no workflow files here"],
  [["--policy-pack-config", "bad/test.yml"], "bad/test.yml: this is not JSON"],
  [["--policy-pack-config", "nowhere.json"], "nowhere.json: there is no such file"],
  [["--repository", "api"], "Give it as owner/name."],
  [["--stack", "nowhere"], "Pulumi.nowhere.yaml: there is no such file here"],
])("wrong usage ends with 2: %j", async (args, said) => {
  const { code, stderr } = await check(...args);
  expect(stderr).toContain(said);
  expect(code).toBe(2);
});
