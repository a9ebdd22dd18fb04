import { expect, test } from "vitest";
import { wrapLines } from "../../../src/cli/terminal/wrap-lines.ts";

test("lines break between words, and continuation lines are indented", () => {
  const text = "short\n  one two  three \u001b[31mfour\u001b[39m\nhttps://example.com/long five";
  expect(wrapLines(text, 15)).toBe(
    "short\n  one two\n    three \u001b[31mfour\u001b[39m\nhttps://example.com/long\n  five",
  );
  expect(wrapLines(text, undefined)).toBe(text);
  expect(wrapLines(text, 0)).toBe(text);
});
