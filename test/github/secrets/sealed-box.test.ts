import { createRequire } from "node:module";
import type Sodium from "libsodium-wrappers";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { sealDeterministically } from "../../../src/github/secrets/sealed-box.ts";

const sodium = createRequire(import.meta.url)("libsodium-wrappers") as typeof Sodium;
beforeAll(() => sodium.ready);

const path = "/orgs/acme/actions/secrets/GHCR_PAT";

function target(salt = "0") {
  const pair = sodium.crypto_box_keypair();
  const publicKey = Buffer.from(pair.publicKey).toString("base64");
  const open = (box: string) =>
    Buffer.from(
      sodium.crypto_box_seal_open(Buffer.from(box, "base64"), pair.publicKey, pair.privateKey),
    ).toString("utf8");
  return { sealFor: { path, publicKey, keyId: "1", salt }, open };
}

test("libsodium opens what it did not seal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (value) => {
      const { sealFor, open } = target();
      expect(open(await sealDeterministically(value, sealFor))).toBe(value);
    }),
    { numRuns: 50 },
  );
});

test("the same value gives the same box; another salt, path, key or value another", async () => {
  const { sealFor } = target();
  const box = await sealDeterministically("value", sealFor);
  expect(await sealDeterministically("value", sealFor)).toBe(box);
  const others = await Promise.all([
    sealDeterministically("value", { ...sealFor, salt: "1" }),
    sealDeterministically("value", { ...sealFor, path: "/orgs/other" }),
    sealDeterministically("value", target().sealFor),
    sealDeterministically("other", sealFor),
  ]);
  expect(new Set([box, ...others]).size).toBe(5);
});

test("the ephemeral key depends on the value, so nobody without it can derive the key", async () => {
  const { sealFor } = target();
  const boxes = await Promise.all(
    ["value", "other"].map((value) => sealDeterministically(value, sealFor)),
  );
  // A sealed box begins with the ephemeral public key.
  const [one, other] = boxes.map((box) =>
    Buffer.from(box, "base64").subarray(0, sodium.crypto_box_PUBLICKEYBYTES).toString("hex"),
  );
  expect(one).not.toBe(other);
});
