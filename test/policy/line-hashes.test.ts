import { expect, test } from "vitest";
import { lineHashes } from "../../policy/output/line-hashes.ts";

// What GitHub's own upload computes: https://github.com/github/codeql-action/blob/main/src/fingerprints.test.ts
test.each([
  ["", ["c129715d7a2bc9a3:1"]],
  [
    " a\nb\n  \t\tc\n d",
    ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
  ],
])("the lines of %j", (text, hashes) => {
  expect(lineHashes(text)).toEqual(hashes);
  expect(lineHashes(text.replaceAll("\n", "\r\n"))).toEqual(hashes);
});

test("equal lines are distinguished, and a line that moves keeps its hash", () => {
  const [first, second] = lineHashes("a\n".repeat(200));
  expect(first?.replace(/:1$/, ":2")).toBe(second);
  const text = `b\n${"c".repeat(200)}\n`;
  expect(lineHashes(`x\n${text}`)[1]).toBe(lineHashes(text)[0]);
});
