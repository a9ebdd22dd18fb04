import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ruleGroups } from "../../policy/rules.ts";
import { toMarkdown } from "../../policy/output/to-markdown.ts";

test("docs/policies.md says what the rules say", async () => {
  const page = await readFile(new URL("../../docs/policies.md", import.meta.url), "utf8");
  expect(page, "run: npm run docs").toBe(toMarkdown(ruleGroups));
});
