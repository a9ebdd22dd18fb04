import { expect, test } from "vitest";
import {
  allCommandsOf,
  commandsOf,
} from "../../../../src/publishing/read/script/shell-commands.ts";

/** The words of each command, and what it reads from the one before. */
function read(script: string) {
  return commandsOf(script)?.map(({ words, pipedFrom }) =>
    [...(pipedFrom ? ["|"] : []), ...words.map(({ text }) => text)].join(" "),
  );
}

test.each([
  ["a b; c && d || e", ["a b", "c", "d", "e"]],
  ["a \\\n  b # c\nd#e", ["a b", "d#e"]],
  ["a 'b | c' | d \"e; f\"", ["a 'b | c'", '| d "e; f"']],
  ["a ${{ b || 'c}}' }} d", ["a ${{ b || 'c}}' }} d"]],
  ['a "$(b "c; d")" e', ['a "$(b "c; d")" e']],
  ["a 2>&1 | b", ["a >&1", "| b"]],
  ["cat <<-'EOF' > x\na | b\nEOF\nc", ["cat > x", "c"]],
])("%j is read as its commands", (script, commands) => {
  expect(read(script)).toEqual(commands);
});

test("an unclosed quote is not a valid script", () => {
  expect(commandsOf("a 'b")).toBeUndefined();
});

test("commands in a substitution count, too", () => {
  const words = allCommandsOf("x=$(a push $(b push))")?.map(({ words: [first] }) => first?.text);
  expect(words).toEqual(["x=$(a push $(b push))", "a", "b"]);
});
