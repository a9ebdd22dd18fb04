import { expect, test } from "vitest";
import { readNewPat } from "../../src/cli/rotate/read-new-pat.ts";
import { UsageError } from "../../src/user-error.ts";

test("the output of a command is the PAT, without surrounding white space", async () => {
  expect(await readNewPat("printf ' word\\r\\n\\n'")).toBe("word");
});

test.each([
  ["fails", "echo half-a-word; exit 7", "the command that should print the PAT ended with 7"],
  ["is killed", "kill -TERM $$", "the command that should print the PAT ended with SIGTERM"],
  ["is not there", "no-such-store get pat", "the command that should print the PAT ended with 127"],
  ["prints nothing", "true", "the output of the command contains no PAT"],
  ["prints blanks only", "echo; echo ' '", "the output of the command contains no PAT"],
  [
    "prints two lines",
    "echo one; echo two",
    "the output of the command contains more than one word",
  ],
  [
    "prints typographic quotes",
    "printf '\\342\\200\\234word\\342\\200\\235'",
    "the output of the command contains characters that no PAT has",
  ],
])("a command that %s gives no PAT, and its output is not shown", async (_, command, why) => {
  await expect(readNewPat(command)).rejects.toEqual(new UsageError(why));
});
