import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { globFiles } from "./glob-files.ts";

/**
 * `hashFiles()` of expressions: a hash of the hashes of all files that match, empty without any.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#hashfiles
 */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const lines = patterns.flatMap((each) => each.split("\n")).map((line) => line.trim());
  const { files } = globFiles(
    workspace,
    lines.filter((line) => line !== "" && !line.startsWith("#")),
  );
  if (files.length === 0) return "";
  const all = createHash("sha256");
  for (const file of files) all.update(createHash("sha256").update(readFileSync(file)).digest());
  return all.digest("hex");
}
