import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import type Sodium from "libsodium-wrappers";

// The ESM build of libsodium-wrappers imports a file that the package does not ship.
const sodium = createRequire(import.meta.url)("libsodium-wrappers") as typeof Sodium;

interface SealTarget {
  /** What the box is for, e.g. `orgs/acme/actions/secrets/GHCR_PAT`. */
  readonly path: string;
  /** The target's X25519 public key, base64, as GitHub gives it. */
  readonly publicKey: string;
  readonly keyId: string;
  /** A new salt makes a new box of the same value. */
  readonly salt: string;
}

/**
 * Seals a value for a public key like libsodium's `crypto_box_seal`, but with an ephemeral key pair that is
 * derived from the value and the target instead of random. The box is the same every time, so unchanged
 * secrets make no diff; the key cannot be derived without the value.
 *
 * The box is `ephemeral public key || crypto_box(value, nonce)` with
 * `nonce = BLAKE2b-192(ephemeral public key || recipient public key)`.
 *
 * @returns the box, base64
 * @see https://doc.libsodium.org/public-key_cryptography/sealed_boxes
 * @see https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api
 */
export async function sealDeterministically(value: string, target: SealTarget): Promise<string> {
  await sodium.ready;
  const recipient = Buffer.from(target.publicKey, "base64");
  const seed = createHmac("sha256", value)
    .update(JSON.stringify(["ghcr-fleet sealed box", target.path, target.keyId, target.salt]))
    .digest();
  const ephemeral = sodium.crypto_box_seed_keypair(seed);
  const nonce = sodium.crypto_generichash(
    sodium.crypto_box_NONCEBYTES,
    Buffer.concat([ephemeral.publicKey, recipient]),
    null,
  );
  const box = sodium.crypto_box_easy(
    Buffer.from(value, "utf8"),
    nonce,
    recipient,
    ephemeral.privateKey,
  );
  return Buffer.concat([ephemeral.publicKey, box]).toString("base64");
}
