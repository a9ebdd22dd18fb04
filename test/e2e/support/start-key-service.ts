import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const algorithm = "aes-256-gcm";
const [ivBytes, tagBytes] = [12, 16];
const keyId = "alias/fleet";

/**
 * Starts a service with one key, which answers the two requests of AWS KMS that the engine sends. It lives as long as
 * this process.
 *
 * @returns the address for `pulumi stack init --secrets-provider`
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 * @see https://gocloud.dev/howto/secrets/#aws
 */
export async function startKeyService(): Promise<string> {
  const key = randomBytes(32);
  const encrypt = (plain: Buffer): Buffer => {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, key, iv);
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]);
  };
  const decrypt = (blob: Buffer): Buffer => {
    const decipher = createDecipheriv(algorithm, key, blob.subarray(0, ivBytes));
    decipher.setAuthTag(blob.subarray(ivBytes, ivBytes + tagBytes));
    return Buffer.concat([decipher.update(blob.subarray(ivBytes + tagBytes)), decipher.final()]);
  };
  const answer = (action: unknown, { Plaintext = "", CiphertextBlob = "" }: Blobs): Blobs => {
    switch (action) {
      case "TrentService.Encrypt":
        return { CiphertextBlob: encrypt(Buffer.from(Plaintext, "base64")).toString("base64") };
      case "TrentService.Decrypt":
        return { Plaintext: decrypt(Buffer.from(CiphertextBlob, "base64")).toString("base64") };
      default:
        throw new Error(`the key service does not know ${String(action)}`);
    }
  };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const blobs = answer(request.headers["x-amz-target"], JSON.parse(body) as Blobs);
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify({ KeyId: keyId, ...blobs }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return `awskms://${keyId}?region=us-east-1&anonymous=true&endpoint=http://127.0.0.1:${port}`;
}

interface Blobs {
  /** In Base64, as the ciphertext. */
  readonly Plaintext?: string;
  readonly CiphertextBlob?: string;
}
