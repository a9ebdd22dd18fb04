import { createRequire } from "node:module";
import { randomInt } from "node:crypto";
import type Sodium from "libsodium-wrappers";
import type { SecretStore } from "../state/secrets.ts";

// The package's ES module imports a file that it does not ship; its CommonJS build is complete.
// https://github.com/jedisct1/libsodium.js/issues/326
const sodium = createRequire(import.meta.url)("libsodium-wrappers") as typeof Sodium;
await sodium.ready;

export function createSecretStore(): SecretStore {
  return { key: createSealingKey(), secrets: new Map() };
}

/** The key pair that a scope's secrets are sealed for, and its 18-digit id. */
export function createSealingKey(): SecretStore["key"] {
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  const id = Array.from({ length: 18 }, (_, at) => randomInt(at === 0 ? 1 : 0, 10)).join("");
  return { id, publicKey, privateKey };
}

/** The text in a sealed box, or undefined if the box was not sealed for this key. */
export function openSealedBox(key: SecretStore["key"], base64: string): string | undefined {
  try {
    const box = sodium.from_base64(base64, sodium.base64_variants.ORIGINAL);
    return Buffer.from(sodium.crypto_box_seal_open(box, key.publicKey, key.privateKey)).toString(
      "utf8",
    );
  } catch {
    return undefined;
  }
}

/** Seals a text like a client of GitHub; `publicKey` and the result are base64. */
export function sealBox(publicKey: string, text: string): string {
  const box = sodium.crypto_box_seal(text, Buffer.from(publicKey, "base64"));
  return Buffer.from(box).toString("base64");
}
