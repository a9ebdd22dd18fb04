import { expect, test } from "vitest";
import { engineErrors, explainOpening } from "../../src/stack/engine-errors.ts";
import { UsageError, UserError } from "../../src/user-error.ts";
import { engineSays } from "./engine-says.ts";

test("several errors at once are listed one by one, and once each", () => {
  const text =
    "code: 255\n stdout: \n stderr: error: 2 errors occurred:\n" +
    "    1) write /state/.pulumi/locks/a.json: no space left on device\n" +
    "    2) remove /state/.pulumi/locks/a.json: no such file or directory\n\nerror: update failed\n";
  expect(engineErrors(engineSays(text))).toEqual([
    "the disk is full (write /state/.pulumi/locks/a.json: no space left on device): free space, then run `ghcr-fleet recover`, which also restores a state that was lost by that",
    "remove /state/.pulumi/locks/a.json: no such file or directory",
  ]);
});

test("for an incomplete lock, the command that removes it is named", () => {
  const [reason] = engineErrors(engineSays("stderr: error: unexpected end of JSON input\n"));
  expect(reason).toContain("run `ghcr-fleet recover`");
});

test("errors that are not the engine's are ignored", () => {
  expect(engineErrors(new Error("error: a bug"))).toEqual([]);
});

const says = (reason: string) =>
  engineSays(
    `code: 255\n stdout: \n stderr: Command failed with exit code 255\nerror: ${reason}\n`,
  );

test("a stack that does not exist is wrong usage", () => {
  const explained = explainOpening("acme", says("no stack named 'acme' found"));
  expect(explained).toBeInstanceOf(UsageError);
  expect(explained).toHaveProperty("message", expect.stringContaining("pulumi stack init acme"));
});

test.each([
  [
    "getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    "because there is no passphrase: export PULUMI_CONFIG_PASSPHRASE",
  ],
  [
    "getting stack configuration: get stack secrets manager: incorrect passphrase",
    "with this passphrase: export the stack's as PULUMI_CONFIG_PASSPHRASE",
  ],
])("a missing passphrase has another message than a wrong one", (reason, next) => {
  const { message } = explainOpening("acme", says(reason)) as UserError;
  expect(message).toContain(`the configuration of stack "acme" cannot be decrypted`);
  expect(message).toContain(next);
});

test("a state that cannot be read has the same next step wherever it shows", () => {
  const broken = says("failed to load checkpoint: unexpected end of JSON input");
  const explained = explainOpening("acme", broken);
  expect(explained).toBeInstanceOf(UserError);
  const { message } = explained as UserError;
  expect(message).toContain('the state of stack "acme" cannot be read (unexpected end of JSON');
  expect(message).toContain("`ghcr-fleet recover acme` restores the last valid one");
  expect(message).toContain("pulumi stack import --file <backup>");
  expect(engineErrors(broken)).toEqual([
    message.replace('stack "acme"', "the stack").replace("recover acme", "recover"),
  ]);
});

test("a state of a newer engine is not to be replaced by an older one", () => {
  const newer = says("failed to load checkpoint: unsupported checkpoint version 99");
  const { message } = explainOpening("acme", newer) as UserError;
  expect(message).toMatch(/newer engine .*: install a newer pulumi, and restore no older state$/);
  expect(message).not.toContain("recover");
});

test("an unexplained error keeps the engine's message, without the rest of its output", () => {
  const explained = explainOpening(
    "acme",
    engineSays("stdout: secret\n stderr: error: out of luck\n"),
  );
  expect(explained).toEqual(new UserError('stack "acme" cannot be opened: out of luck'));
});

test("an error that is not the engine's is returned unchanged", () => {
  const bug = new Error("a bug");
  expect(explainOpening("acme", bug)).toBe(bug);
});
