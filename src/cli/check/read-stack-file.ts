import { readFile } from "node:fs/promises";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { findEncrypted } from "../../fleet/find-encrypted.ts";
import { stackFileName } from "../../stack/stack-file-name.ts";
import { UsageError } from "../../user-error.ts";

/** A stack's configuration, as it is in its file. */
export interface StackFile {
  /** "Pulumi.acme.yaml" */
  readonly path: string;
  /** Plain values, by full key; secrets are left out. */
  readonly clear: Readonly<Record<string, unknown>>;
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
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(`${path}: there is no such file here; run this where Pulumi.yaml is`);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new UsageError(`${path}:${line}: this is not valid YAML; correct the line`);
  }
  const content = stackFileSchema.safeParse(document.toJS() ?? {});
  if (!content.success) {
    throw new UsageError(`${path}: config must be a map of keys, such as ghcr-fleet:fleet`);
  }
  const entries = Object.entries(content.data.config);
  return {
    path,
    clear: Object.fromEntries(
      entries.filter(([, value]) => !secretSchema.safeParse(value).success),
    ),
    encryptedIn(key) {
      const found = findEncrypted(content.data.config[key]);
      return found && [key, ...found];
    },
    lineOf: (place) => lineIn(document, lines, place),
  };
}

function lineIn(
  document: Document,
  lines: LineCounter,
  place: readonly (string | number)[],
): number {
  for (let length = place.length; length > 0; length -= 1) {
    const node = document.getIn(["config", ...place.slice(0, length)], true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
