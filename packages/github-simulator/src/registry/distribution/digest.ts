import { createHash } from "node:crypto";
import { OciError } from "../access/oci-error.ts";

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms */
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

export function digestOf(bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** @throws OciError DIGEST_INVALID when `digest` is malformed or not the digest of `bytes`. */
export function assertDigest(digest: string, bytes: Uint8Array): void {
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  if (!isDigest(digest) || digestOf(bytes, algorithm) !== digest) {
    throw new OciError(
      400,
      "DIGEST_INVALID",
      "provided digest did not match uploaded content",
      digest,
    );
  }
}
