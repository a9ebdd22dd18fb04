import { createHash } from "node:crypto";

/**
 * The id of a file's content in git, to compare files without downloading them.
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export function gitBlobId(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Whether a text can be an id of git. */
export function isGitBlobId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
