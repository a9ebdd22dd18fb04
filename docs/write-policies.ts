// Writes the page about the policy rules: npm run docs
import { writeFile } from "node:fs/promises";
import { ruleGroups } from "../policy/rules.ts";
import { toMarkdown } from "../policy/output/to-markdown.ts";

await writeFile(new URL("policies.md", import.meta.url), toMarkdown(ruleGroups));
