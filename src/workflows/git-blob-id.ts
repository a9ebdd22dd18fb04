import { createHash } from "node:crypto";

/**
 * The id git gives to a file with this text: 40 hex digits, SHA-1 over header and UTF-8 bytes.
 *
 * Equal ids mean equal files, so a rendered file can be compared with GitHub's without fetching it.
 * https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
 */
export function gitBlobId(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
