import { createHash } from "node:crypto";

/**
 * The id of a file's content in git, to compare files without downloading them.
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export function gitBlobId(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** The ids of several files: path to text becomes path to id. */
export function gitBlobIds(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, gitBlobId(text)]));
}

/** Whether two maps of path to id have the same files. */
export function isSameFiles(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  const paths = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...paths].every((path) => one[path] === other[path]);
}

/** Whether a text can be an id of git. */
export function isGitBlobId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
