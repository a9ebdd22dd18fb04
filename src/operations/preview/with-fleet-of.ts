import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, parseDocument, type Document } from "yaml";
import { findEncrypted } from "../../fleet/find-encrypted.ts";
import { refuseSecret } from "../../fleet/load-fleet-config.ts";
import {
  assertFleetFile,
  fleetFileKey,
  fleetKey,
  mostFleetMebibytes,
} from "../../fleet/read-fleet-config.ts";
import { stackFileName } from "../../stack/stack-file-name.ts";
import { UsageError } from "../../user-error.ts";

/**
 * Does something while a stack's configuration has the fleet of another checkout. Nothing else of it is taken: a pull
 * request may change which repositories publish, but not where tokens are sent, nor how they are encrypted.
 *
 * @param folder the project's folder, with reviewed code; its files have their own content again at the end
 * @param head a checkout of the pull request: only its `Pulumi.<stack>.yaml` is read, and the file that the
 *   fleet is in
 * @param use gets the other changes of the pull request in that file, in words
 * @throws {UsageError} a file is missing or is not a configuration, or the fleet contains an encrypted value
 */
export async function withFleetOf<T>(
  head: string,
  { folder, stack }: { readonly folder: string; readonly stack: string },
  use: (untried: string[]) => Promise<T>,
): Promise<T> {
  const before = new Map<string, Buffer | undefined>();
  const restore = () => {
    for (const [path, bytes] of before) {
      if (bytes) writeFileSync(path, bytes);
      else rmSync(path, { force: true });
    }
  };
  const onSignal = (signal: NodeJS.Signals) => {
    restore();
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, onSignal);
  try {
    const keep = (path: string) => before.set(path, readIfThere(path));
    return await use(await takeFleet(folder, head, stack, keep));
  } finally {
    restore();
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** @param keep is called before a file changes */
async function takeFleet(
  folder: string,
  head: string,
  stack: string,
  keep: (path: string) => void,
): Promise<string[]> {
  const name = stackFileName(stack);
  const base = await readConfig(join(folder, name));
  const wanted = await readConfig(await assertRegular(join(head, name), 1));
  for (const key of fleetKeys) {
    const value = wanted.config[key];
    const secret = findEncrypted(value);
    // An encrypted value would be decrypted: the PAT could be copied into the name of a repository.
    if (secret) throw refuseSecret(`${name}: ${[key, ...secret].join(".")} is an encrypted value`);
    if (value === undefined) base.document.deleteIn(["config", key]);
    else base.document.setIn(["config", key], base.document.createNode(value));
  }
  if (wanted.config[fleetFileKey] !== undefined) {
    const file = assertFleetFile(wanted.config[fleetFileKey], fleetKey in wanted.config);
    keep(join(folder, file));
    await copyFile(
      await assertRegular(join(head, file), mostFleetMebibytes),
      join(folder, file),
    ).catch(() => {
      throw new UsageError(`${join(head, file)} is missing: ${fleetFileKey} names it`);
    });
  }
  const text = textOf(base.document, join(folder, name));
  keep(join(folder, name));
  await writeFile(join(folder, name), text);
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

const fleetKeys: readonly string[] = [fleetKey, fleetFileKey];

/** A symbolic link could point anywhere on this machine, and errors quote what they cannot parse. */
async function assertRegular(file: string, mostMebibytes: number): Promise<string> {
  const entry = await lstat(file).catch(() => undefined);
  if (entry && !entry.isFile())
    throw new UsageError(`${file} is not a regular file, so it is not read`);
  if (entry && entry.size > mostMebibytes * 1024 * 1024)
    throw new UsageError(`${file} is larger than ${mostMebibytes} MiB, so it is not read`);
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
  const entries = Object.entries(config).filter(([key]) => !fleetKeys.includes(key));
  return new Map(
    [...Object.entries(rest), ...entries].map(([key, value]) => [key, JSON.stringify(value)]),
  );
}
