import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { gitBlobId } from "../../src/workflows/render.ts";

test.each(["", "name: ci\n", "größe 日本\r\n"])("%j has the id that git gives it", (text) => {
  const id = execFileSync("git", ["hash-object", "--stdin", "--no-filters"], { input: text });
  expect(gitBlobId(text)).toBe(id.toString().trim());
});
