import { expect, test } from "vitest";
import { readNewPatFrom } from "../../src/cli/rotate/read-new-pat.ts";
import type { PatSource } from "../../src/pat/pat-source.ts";
import { UsageError } from "../../src/user-error.ts";

/** Built here, so that it is in no file. */
const canary = `canary ${crypto.randomUUID()}`;
const inEnvironment = { NEW_PAT: canary, PATH: process.env["PATH"] };

const words = "contains more than one word: it has to hold the PAT and nothing else";

test.each<[source: PatSource, why: string, option: string]>([
  [{ env: "NEW_PAT" }, `the environment variable NEW_PAT ${words}`, "--from-env NEW_PAT"],
  [
    { env: "NO_PAT" },
    "the environment variable NO_PAT, which --from-env names, is not set: export it where pulumi or ghcr-fleet is started",
    "--from-env NO_PAT",
  ],
  [{ command: "echo a b" }, `the output of the command ${words}`, "--from-command 'echo a b'"],
  [
    { file: "/nowhere/pat" },
    "the file /nowhere/pat, which --from-file names, cannot be read (ENOENT): create it with nothing but the PAT in it, readable by you only",
    "--from-file /nowhere/pat",
  ],
])("%o, which is no PAT, says how to rotate again", async (source, why, option) => {
  const reading = readNewPatFrom(source, ["acme", "globex"], { environment: inEnvironment });
  await expect(reading).rejects.toThrow(
    new UsageError(`${why}\nThen run \`ghcr-fleet rotate acme globex ${option}\` again`),
  );
});

test("what a failing command said is not run together with the command to type again", async () => {
  const source = { command: "echo 'no session' >&2; exit 3" };
  const reading = readNewPatFrom(source, ["acme"], { environment: inEnvironment });
  const again = String.raw`ghcr-fleet rotate acme --from-command 'echo '\''no session'\'' >&2; exit 3'`;
  await expect(reading).rejects.toThrow(`It said:\nno session\nThen run \`${again}\` again`);
});

test("the command to type again is one that a shell reads the same", async () => {
  const source = { command: "printf '%s' 'a b'" };
  const reading = readNewPatFrom(source, ["acme"], { environment: inEnvironment });
  await expect(reading).rejects.toThrow(String.raw`--from-command 'printf '\''%s'\'' '\''a b'\'''`);
});
