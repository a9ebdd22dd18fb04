import { generateKeyPairSync } from "node:crypto";

/** A public key that nobody uses, as `ssh-keygen` writes it. */
export function publicKey(): string {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const length = (bytes: number) => Buffer.from([0, 0, 0, bytes]);
  const name = Buffer.from("ssh-ed25519");
  const bytes = [length(name.length), name, length(32), Buffer.from(x, "base64url")];
  return `ssh-ed25519 ${Buffer.concat(bytes).toString("base64")}`;
}
