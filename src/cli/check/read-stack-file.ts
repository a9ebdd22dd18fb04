import { z } from "zod";
import { findEncrypted } from "../../fleet/find-encrypted.ts";
import { mostStackMebibytes, readYamlFile } from "../../fleet/read-yaml-file.ts";
import { stackFileName } from "../../stack/stack-file-name.ts";
import { UsageError } from "../../user-error.ts";

/** A stack's configuration, as it is in its file. */
export interface StackFile {
  /** "Pulumi.acme.yaml" */
  readonly path: string;
  /** Plain values, by full key; secrets are left out. */
  readonly clear: Readonly<Record<string, unknown>>;
  /** Every value as the engine passes it on to a program; an encrypted one by its box, which is longer. */
  readonly texts: Readonly<Record<string, string>>;
  /** Path of an encrypted value below a key, if there is one; it begins with the key. */
  encryptedIn(key: string): readonly string[] | undefined;
  /** Line of a value, from 1; where it does not exist, line of the nearest value around it. */
  lineOf(path: readonly (string | number)[]): number;
}

const stackFileSchema = z.object({ config: z.record(z.string(), z.unknown()).default({}) });
const secretSchema = z.object({ secure: z.string() });

/**
 * Reads `Pulumi.<stack>.yaml` of this folder, without the engine.
 *
 * @throws {UsageError} there is no such file, or it is not a configuration
 * @see https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
 */
export async function readStackFile(stack: string): Promise<StackFile> {
  const path = stackFileName(stack);
  const file = await readYamlFile(path, { shown: path, mostMebibytes: mostStackMebibytes });
  const content = stackFileSchema.safeParse(file.content ?? {});
  if (!content.success) {
    throw new UsageError(`${path}: config must be a map of keys, such as ghcr-fleet:fleet`);
  }
  const entries = Object.entries(content.data.config);
  const texts = entries.map(([key, value]) => {
    const { data: secret } = secretSchema.safeParse(value);
    return [key, secret ? secret.secure : asText(value)] as const;
  });
  return {
    path,
    clear: Object.fromEntries(
      entries.filter(([, value]) => !secretSchema.safeParse(value).success),
    ),
    texts: Object.fromEntries(texts),
    encryptedIn(key) {
      const found = findEncrypted(content.data.config[key]);
      return found && [key, ...found];
    },
    lineOf: (place) => file.lineOf(["config", ...place]),
  };
}

/** The engine passes every value as text. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
