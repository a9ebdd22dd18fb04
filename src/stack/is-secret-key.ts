import { z } from "zod";

/**
 * Whether a key's value, or a part of it, is encrypted in the stack's file. A program gets every value
 * decrypted; this variable lists which ones were secrets, and the SDK reads it only in its getters of
 * secrets.
 *
 * @param key with its namespace
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/config.ts
 */
export function isSecretKey(
  environment: Readonly<Record<string, string | undefined>>,
  key: string,
): boolean {
  const keys = environment["PULUMI_CONFIG_SECRET_KEYS"];
  return keys ? (keysSchema.parse(JSON.parse(keys))?.includes(key) ?? false) : false;
}

/** `null` where there are none. */
const keysSchema = z.array(z.string()).nullable();
