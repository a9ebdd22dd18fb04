import { createHash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";
import type { TokenKind } from "./state/state.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A new token in GitHub's format: prefix, 30 random characters, and their CRC32 in base62.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function mintTokenValue(kind: TokenKind): string {
  switch (kind) {
    case "classic":
      return withChecksum("ghp_");
    case "fine-grained":
      return `github_pat_${randomBase62(22)}_${randomBase62(59)}`;
    case "app":
    case "job":
      return withChecksum("ghs_");
  }
}

/** What the audit log writes as `hashed_token`: base64 of the SHA-256. */
export function hashToken(value: string): string {
  return createHash("sha256").update(value).digest("base64");
}

function withChecksum(prefix: string): string {
  const random = randomBase62(30);
  return prefix + random + toBase62(crc32(random)).padStart(6, "0");
}

function randomBase62(length: number): string {
  return Array.from({ length }, () => base62[randomInt(62)]).join("");
}

function toBase62(value: number): string {
  let digits = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) {
    digits = `${base62[rest % 62]}${digits}`;
  }
  return digits;
}
