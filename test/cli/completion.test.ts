import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runBin } from "./run-bin.ts";

/** What bash offers for a command line whose last word is incomplete. */
async function completions(...words: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "completion-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ["Pulumi.acme.yaml", "Pulumi.acme-eu.yaml", "Pulumi.$(touch run).yaml"]) {
    await writeFile(join(folder, name), "");
  }
  const { stdout } = await runBin(["completion", "bash"]);
  await writeFile(join(folder, "completion.bash"), stdout);
  const script = `. ./completion.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_ghcr_fleet
printf '%s\\n' "\${COMPREPLY[@]}"
[ ! -e run ] || echo run`;
  const args = ["--norc", "-c", script, "bash", "ghcr-fleet", ...words];
  return execFileSync("bash", args, { cwd: folder, encoding: "utf8" }).split("\n").filter(Boolean);
}

test("bash completes verbs, options and stacks", async () => {
  expect(await completions("re")).toEqual(["recover", "repair", "report"]);
  expect(await completions("rollout", "--re")).toEqual([
    "--resume",
    "--restart",
    "--refresh",
    "--repin",
  ]);
  expect(await completions("completion", "f")).toEqual(["fish"]);
});

test("the name of a file cannot run a command", async () => {
  expect((await completions("status", "")).sort()).toEqual(["acme", "acme-eu"]);
});

test.each(["zsh", "fish"])("%s gets every verb", async (shell) => {
  const { code, stdout } = await runBin(["completion", shell]);
  expect(code).toBe(0);
  for (const verb of ["audit", "init", "rollout", "workflows"]) expect(stdout).toContain(verb);
});

test("a shell that is not known ends with 2", async () => {
  const { code, stderr } = await runBin(["completion", "tcsh"]);
  expect(code).toBe(2);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish.");
});
