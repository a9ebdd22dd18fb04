import { expect, test } from "vitest";
import { codeBlock, folded, inlineCode, plainMarkdown } from "../src/markdown.ts";
import { clipped } from "../src/format-text.ts";

const shown = (text: string) => text.replaceAll("\u200b", "(space)");

test.each([
  ["closes #12, GH-7 and acme/api#3", "closes #(space)12, GH-(space)7 and acme/api#(space)3"],
  ["@acme/owners", "@(space)acme/owners"],
  ["# title", "\\# title"],
  ["  - item", "\\- item"],
  ["1. first", "1\\. first"],
  ["> quoted", "\\> quoted"],
  ["a | b `c` *d* _e_ ~f~", "a \\| b \\`c\\` \\*d\\* \\_e\\_ \\~f\\~"],
  ["<!-- & -->", "&lt;!-- &amp; -->"],
  ["a\u0000b\r\nc", "a&lt;U+0000>b c"],
  ["costs $5", "costs $5"],
  ["${{a}}${{b}}", "<span>$</span>\\{\\{a\\}\\}<span>$</span>\\{\\{b\\}\\}"],
  ["a\u202egnp.exe", "a&lt;U+202E>gnp.exe"],
])("%j is text", (text, markdown) => {
  expect(shown(plainMarkdown(text))).toBe(markdown);
});

test("characters that reverse text are escaped in diffs, code and headings, too", () => {
  const text = "+if (\u2066admin\u2069) {";
  expect(codeBlock(text, "diff")).toBe("```diff\n+if (<U+2066>admin<U+2069>) {\n```");
  expect(inlineCode("a|b \u202ec")).toBe("`a|b <U+202E>c`");
  expect(shown(folded("api: \u202e#1 <b>", "body"))).toBe(
    "<details><summary>api: &lt;U+202E>#(space)1 &lt;b></summary>\n\nbody\n\n</details>",
  );
});

test("a character of two code units is never cut in half", () => {
  expect([2, 3, 4, 5].map((longest) => clipped("a🦄🦄", longest))).toEqual([
    "a…",
    "a…",
    "a🦄…",
    "a🦄🦄",
  ]);
});

test("invisible characters are escaped in a diff: a carriage return starts no new line", () => {
  expect(codeBlock(" on: push\r+ hidden\r\n+\u0000\u0085", "diff")).toBe(
    "```diff\n on: push␍+ hidden␍\n+<U+0000><U+0085>\n```",
  );
  expect(folded("api\n\n<b>", "body")).toMatch(/^<details><summary>api &lt;b><\/summary>\n/);
});
