import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, parseDocument, type Document } from "yaml";
import { findEncrypted } from "../../fleet/find-encrypted.ts";
import { refuseSecret } from "../../fleet/load-fleet-config.ts";
import { stackFileName } from "../../stack/stack-file-name.ts";
import { UsageError } from "../../user-error.ts";

const fleetKey = "ghcr-fleet:fleet";

/**
 * Copies the fleet of a stack's configuration from another checkout, and nothing else: a pull request may
 * change which repositories publish, but not where tokens are sent, nor how they are encrypted.
 *
 * @param folder the project's folder, with reviewed code; its file is rewritten
 * @param head a checkout of the pull request: only its `Pulumi.<stack>.yaml` is read
 * @returns the other changes of the pull request in that file, in words
 * @throws {UsageError} a file is missing or is not a configuration, or the fleet contains an encrypted value
 */
export async function takeFleet(folder: string, head: string, stack: string): Promise<string[]> {
  const name = stackFileName(stack);
  const base = await readConfig(join(folder, name));
  const wanted = await readConfig(await assertRegular(join(head, name)));
  const fleet = wanted.config[fleetKey];
  const secret = findEncrypted(fleet);
  // An encrypted value would be decrypted: the PAT could be copied into the name of a repository.
  if (secret)
    throw refuseSecret(`${name}: ${[fleetKey, ...secret].join(".")} is an encrypted value`);
  if (fleet === undefined) base.document.deleteIn(["config", fleetKey]);
  else base.document.setIn(["config", fleetKey], base.document.createNode(fleet));
  await writeFile(join(folder, name), textOf(base.document, join(folder, name)));
  return differing(base, wanted).map(
    (key) => `${name}: the change of ${key} is not tried, because it could send tokens elsewhere`,
  );
}

function textOf(document: Document, file: string): string {
  try {
    return document.toString();
  } catch {
    // The old fleet contained the anchor.
    throw new UsageError(
      `${file}: another key refers to a part of ${fleetKey} by an anchor; write it out`,
    );
  }
}

/** Twice the size of a thousand repositories with settings of their own. */
const largestFile = 1024 * 1024;

/** A symbolic link could point anywhere on this machine, and errors quote what they cannot parse. */
async function assertRegular(file: string): Promise<string> {
  const entry = await lstat(file).catch(() => undefined);
  if (entry && !entry.isFile())
    throw new UsageError(`${file} is not a regular file, so it is not read`);
  if (entry && entry.size > largestFile)
    throw new UsageError(`${file} is larger than 1 MiB, so it is not read`);
  return file;
}

interface ConfigFile {
  readonly document: Document;
  readonly config: Readonly<Record<string, unknown>>;
  /** The other keys of the file, other than `config`. */
  readonly rest: Readonly<Record<string, unknown>>;
}

async function readConfig(file: string): Promise<ConfigFile> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file} is missing: a stack can be previewed once its file is merged`);
  });
  const document = parseDocument(text, { logLevel: "error" });
  const problem = document.errors[0]?.message ?? (isMap(document.contents) ? "" : "not a map");
  if (problem !== "") throw new UsageError(`${file} is not a stack configuration: ${problem}`);
  const { config, ...rest } = toPlain(document, file);
  if (!isConfig(config)) {
    throw new UsageError(`${file} is not a stack configuration: config is not a map`);
  }
  return { document, config: config ?? {}, rest };
}

function toPlain(document: Document, file: string): { readonly config?: unknown } {
  try {
    return document.toJS() as { readonly config?: unknown };
  } catch (error) {
    // More aliases than any configuration has.
    throw new UsageError(`${file} is not a stack configuration: ${(error as Error).message}`);
  }
}

function isConfig(config: unknown): config is ConfigFile["config"] | null | undefined {
  return config === undefined || (typeof config === "object" && !Array.isArray(config));
}

/** Keys other than the fleet whose values differ: `github:baseUrl`, `encryptionsalt`. */
function differing(base: ConfigFile, head: ConfigFile): string[] {
  const [old, next] = [flat(base), flat(head)];
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((key) => old.get(key) !== next.get(key))
    .sort();
}

function flat({ config, rest }: ConfigFile): Map<string, string> {
  const entries = Object.entries(config).filter(([key]) => key !== fleetKey);
  return new Map(
    [...Object.entries(rest), ...entries].map(([key, value]) => [key, JSON.stringify(value)]),
  );
}
