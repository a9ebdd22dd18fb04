import { CommandError } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { explainError } from "../../../src/cli/terminal/explain-error.ts";
import { UserError } from "../../../src/user-error.ts";

const token = `canary_${crypto.randomUUID()}`;

/** As the Automation API makes it. */
const engineError = (stdout: string, stderr: string) =>
  Reflect.construct(CommandError, [
    { toString: () => `code: 255\n stdout: ${stdout}\n stderr: ${stderr}\n`, stdout, stderr },
  ]) as Error;

test("a failure of the engine shows its error lines, without the configuration that it printed", async () => {
  const stdout = `{"ghcr-fleet:pat":{"value":"${token}"}}`;
  expect(await explainError(engineError(stdout, "error: no space left\n"))).toBe("no space left");
  expect(await explainError(engineError(stdout, ""))).toBe("the engine failed and gave no reason");
});

test("a bug is reported as one, with its stack trace and no other field of the error", async () => {
  const said = await explainError(
    Object.assign(new TypeError("oops"), { request: { body: token } }),
  );
  expect(said).toMatch(/^a bug in ghcr-fleet, please report it: TypeError: oops\n {4}at /);
  expect(said).not.toContain(token);
  expect(await explainError(token)).toBe(
    "a bug in ghcr-fleet, please report it: string was thrown",
  );
});

test("control characters and workflow commands in a message are made harmless", async () => {
  expect(await explainError(new UserError("cannot:\n::warning::\u001b[2J"))).toBe(
    "cannot:\n: :warning::?[2J",
  );
});

test.each([
  ["ENOSPC", "write", undefined, "a file cannot be written, because the disk is full: free some"],
  ["EROFS", "open", "/mnt/journal.json", "/mnt/journal.json cannot be written, because its file"],
  ["EACCES", "mkdir", "/srv/.ghcr-fleet", "/srv/.ghcr-fleet may not be read or written: change"],
  ["ENOENT", "spawn git", "git", "the program git is not installed, or not on PATH"],
])("what the system refuses is no bug: %s at %s", async (code, syscall, path, said) => {
  const error = Object.assign(new Error(code), { code, syscall, ...(path && { path }) });
  const explained = await explainError(error);
  expect(explained).toContain(said);
  expect(explained).toContain(`(${code})`);
  expect(explained).not.toMatch(/bug|\n/);
});
