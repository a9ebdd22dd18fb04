import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { login, wanted, workflow } from "../publishing/workflow-text.ts";
import { runBin } from "./run-bin.ts";
import { assertDocument } from "../support/assert-document.ts";

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "ghcr-fleet-repair-"));
  await mkdir(join(checkout, ".github/workflows"), { recursive: true });
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

const ci = ".github/workflows/ci.yml";
const before = workflow();
const after = before.replace("${{ secrets.GITHUB_TOKEN }}", () => wanted);

function write(path: string, text: string | Uint8Array): Promise<void> {
  return writeFile(join(checkout, path), text);
}

function repair(...args: string[]) {
  return runBin(["repair", ...args], { cwd: checkout, env: { ...process.env, NO_COLOR: "1" } });
}

test("the change is shown, made with --write, and made once", async () => {
  await write(ci, before);
  const shown = await repair();
  expect(shown).toMatchObject({ code: 3, stderr: "" });
  expect(shown.stdout).toContain(`+          password: ${wanted}`);
  expect(shown.stdout).toContain("1 file: 1 file would change; --write changes them");
  expect(await readFile(join(checkout, ci), "utf8")).toBe(before);
  expect(await repair("--write")).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^the workflows need the secret GHCR_PAT, .*`gh secret set GHCR_PAT`/,
    ),
  });
  expect(await readFile(join(checkout, ci), "utf8")).toBe(after);
  expect(await readdir(join(checkout, ".github/workflows"))).toEqual(["ci.yml"]);
  expect(await repair()).toEqual({ code: 0, stdout: "1 file: nothing to repair\n", stderr: "" });
});

test("--json prints the edits and the remaining findings", async () => {
  await write(ci, workflow({ top: [] }));
  const { code, stdout } = await repair("--json");
  expect(code).toBe(3);
  await assertDocument("repair", stdout);
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    files: [
      {
        path: ci,
        edits: [
          {
            line: 10,
            kind: "credential",
            before: "          password: ${{ secrets.GITHUB_TOKEN }}",
            after: `          password: ${wanted}`,
          },
        ],
        unresolved: [
          {
            line: 3,
            reason: expect.stringContaining("says no permissions"),
            fix: expect.any(String),
          },
        ],
      },
    ],
  });
});

test("a script that gets a secret is named as not read, and nothing fails for it", async () => {
  const env = "  env: { CR_PAT: '${{ secrets.CR_PAT }}' }";
  await write(ci, workflow({ top: [], steps: ["- run: ./scripts/publish.sh", env], push: "" }));
  const { code, stdout } = await repair();
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual([
    `${ci}:6: not read: ./scripts/publish.sh, which gets CR_PAT`,
    "    where such a script logs in to the registry, give it:",
    `    ${wanted}`,
    "",
    "1 file: nothing to repair in what was read",
    "",
  ]);
  const json = await repair("--json");
  await assertDocument("repair", json.stdout);
  expect(JSON.parse(json.stdout)).toMatchObject({
    files: [{ notRead: [{ secrets: ["CR_PAT"] }] }],
  });
});

test("a file that is called secrets is none, and a script that runs twice is named once", async () => {
  const script = "./scripts/publish.sh -f secrets.yaml";
  const steps = [`- run: ${script}`, `- run: ${script} && ${script}`];
  const env = "  env: { CR_PAT: '${{ secrets.CR_PAT }}' }";
  await write(ci, workflow({ top: [], steps: [steps[0]!], push: "" }));
  expect((await repair()).stdout).toBe("1 file: nothing to repair\n");
  await write(ci, workflow({ top: [], steps: [steps[1]!, env], push: "" }));
  const { stdout } = await repair();
  expect(stdout.match(/not read:.*/g)).toEqual([
    "not read: ./scripts/publish.sh, which gets CR_PAT",
  ]);
});

test("files that cannot be read are named, each with the next step", async () => {
  await symlink("nowhere", join(checkout, ".github/workflows/link.yml"));
  await write(".github/workflows/latin.yml", Buffer.from("name: caf\xe9\n", "latin1"));
  await write(".github/workflows/huge.yml", "#".repeat(1024 * 1024 + 1));
  await mkdir(join(checkout, ".github/workflows/folder.yml"));
  const { code, stdout } = await repair("--json");
  expect(code).toBe(3);
  expect(JSON.parse(stdout).files.map(({ path, unresolved }: never) => [path, unresolved])).toEqual(
    [
      [
        ".github/workflows/huge.yml",
        [{ line: 1, reason: "this is larger than 1 MiB", fix: "name a workflow file" }],
      ],
      [
        ".github/workflows/latin.yml",
        [{ line: 1, reason: "this is not UTF-8 text", fix: "save the file as UTF-8" }],
      ],
      [
        ".github/workflows/link.yml",
        [{ line: 1, reason: "this is a symbolic link", fix: "name the file that it points to" }],
      ],
    ],
  );
});

test("a folder without workflow files is named, and the others are repaired", async () => {
  await write(ci, before);
  await mkdir(join(checkout, "empty"));
  expect(await repair("--write", "empty", ".")).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^empty: there are no workflow files here\nthe workflows need/),
  });
  expect(await readFile(join(checkout, ci), "utf8")).toBe(after);
  expect(await repair("empty")).toMatchObject({ code: 0, stdout: "0 files: nothing to repair\n" });
});

test("only the named file is changed, and files that must change with it", async () => {
  const [called, caller] = [".github/workflows/image.yml", ".github/workflows/release.yml"];
  const call =
    "on: release\npermissions: write-all\njobs:\n  a: { uses: ./.github/workflows/image.yml }\n";
  await write(ci, before);
  await write(called, workflow({ on: "on: workflow_call" }));
  await write(caller, call);
  const { stdout } = await repair("--write", "--json", called);
  const { files, alsoNeedRepair } = JSON.parse(stdout) as Record<string, { path: string }[]>;
  expect(files?.map((file) => file.path)).toEqual([called, caller]);
  expect(alsoNeedRepair).toEqual([ci]);
  expect(await readFile(join(checkout, ci), "utf8")).toBe(before);
  expect(await readFile(join(checkout, caller), "utf8")).toContain("secrets.GHCR_PAT");
  expect(await repair(caller)).toMatchObject({
    code: 0,
    stdout: `also needs a repair: ${ci}\n\n1 file: nothing to repair\n`,
  });
});

test.each([
  ["git@github.com:acme/api.git", 0],
  ["https://github.com/acme/api", 0],
  ["ssh://git@ssh.github.com:443/acme/api.git", 0],
  ["https://github.com/me/api.git", 3],
  ["https://git.example.com/me/api.git", 0],
])("a checkout of %s pushes to ghcr.io/acme", async (url, code) => {
  await write(ci, after);
  await mkdir(join(checkout, ".git"));
  await write(".git/config", `[remote "origin"]\n\turl = ${url}\n`);
  expect(await repair()).toMatchObject({ code });
});

test("the remotes of a worktree are those of its main checkout", async () => {
  await write(ci, after);
  await mkdir(join(checkout, "main/worktrees/one"), { recursive: true });
  await write("main/config", '[remote "origin"]\n\turl = https://github.com/me/api\n');
  await write("main/worktrees/one/commondir", "../..\n");
  await write(".git", `gitdir: ${join(checkout, "main/worktrees/one")}\n`);
  expect(await repair()).toMatchObject({ code: 3 });
});

test("another secret, and one that it replaces", async () => {
  await write(ci, workflow({ steps: login.map((line) => line.replace("GITHUB_TOKEN", "CR_PAT")) }));
  expect(await repair("--write", "--secret", "PUSH", "--replace-secret", "CR_PAT")).toMatchObject({
    code: 0,
  });
  expect(await readFile(join(checkout, ci), "utf8")).toContain(
    "${{ secrets.PUSH || secrets.GITHUB_TOKEN }}",
  );
});

test("a pasted token is not printed", async () => {
  const token = `ghp_${"a1".repeat(18)}`;
  await write(
    ci,
    before
      .replace("    runs-on", `    env: { OLD: ${token} }\n    runs-on`)
      .replace("- uses", `- name: ${token}\n        uses`),
  );
  for (const args of [[], ["--json"]]) expect((await repair(...args)).stdout).not.toContain(token);
});

test.each([
  [["nowhere.yml"]],
  [["--secret", "my pat"]],
  [["--secret", "GITHUB_PAT"]],
  [["--nonsense"]],
])("wrong usage, such as %j, ends with 2", async (args) => {
  await write(ci, before);
  expect(await repair(...args)).toMatchObject({ code: 2, stdout: "" });
});

test.each([
  ["https://git.example.com/acme/api.git", "containers.git.example.com"],
  ["git@acme.ghe.com:acme/api.git", "containers.acme.ghe.com"],
])("in a checkout of %s, logins to %s are repaired, and no other", async (url, registry) => {
  await mkdir(join(checkout, ".git"));
  await write(".git/config", `[remote "origin"]\n\turl = ${url}\n`);
  const there = before.replaceAll("ghcr.io", registry);
  await write(ci, there);
  await write(".github/workflows/mirror.yml", before);
  expect(await repair("--write")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`its registry is taken to be ${registry}`),
  });
  expect(await readFile(join(checkout, ci), "utf8")).toBe(after.replaceAll("ghcr.io", registry));
  expect(await readFile(join(checkout, ".github/workflows/mirror.yml"), "utf8")).toBe(before);
});

test("--registry names another registry, without a note", async () => {
  await write(ci, before.replaceAll("ghcr.io", "registry.example.com:5000"));
  const asked = ["--registry", "registry.example.com:5000"];
  expect(await repair("--write", ...asked)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^the workflows need the secret GHCR_PAT, [^\n]*\n$/),
  });
  expect(await readFile(join(checkout, ci), "utf8")).toContain("secrets.GHCR_PAT");
  expect(await repair("--registry", "https://x")).toMatchObject({ code: 2 });
});
