import { expect, test } from "vitest";
import { printable, printableLines } from "../src/printable.ts";

test.each([
  ["\u001b[2Jgone", "?[2Jgone"],
  ["one\n  two\r", "one two?"],
  ["\u202egnp.exe", "<U+202E>gnp.exe"],
  ["see ##[add-mask]a", "see ## [add-mask]a"],
  ["ordinary: it's ::fine", "ordinary: it's ::fine"],
])("%j is one line that does nothing", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("no line is a command to GitHub's runner", () => {
  expect(printableLines("a:\n::warning::b\n  ::set-output name=c::d\n##[stop-commands]e")).toBe(
    "a:\n: :warning::b\n  : :set-output name=c::d\n## [stop-commands]e",
  );
});
