import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, parseDocument, type Document } from "yaml";
import { stackFileName } from "../stack/stack-file-name.ts";
import { UserError } from "../user-error.ts";

const fleetKey = "ghcr-fleet:fleet";

/**
 * Takes the fleet of a stack's configuration from another checkout, and nothing else: a pull request
 * may say which repositories publish, but not where the tokens are sent, nor how they are encrypted.
 *
 * @param folder the project's folder, of code that was reviewed; its file is rewritten
 * @param head a checkout of the pull request: only its `Pulumi.<stack>.yaml` is read
 * @returns what else the pull request changes in that file, in words
 * @throws {UserError} a file is missing or no configuration, or the fleet holds what would be decrypted
 */
export async function takeFleet(folder: string, head: string, stack: string): Promise<string[]> {
  const name = stackFileName(stack);
  const base = await readConfig(join(folder, name));
  const wanted = await readConfig(await assertRegular(join(head, name)));
  const fleet = wanted.config[fleetKey];
  const secret = findSecret(fleet);
  if (secret !== undefined) {
    throw new UserError(
      `${name}: ${[fleetKey, ...secret].join(".")} is an encrypted value. A fleet holds no secrets; ` +
        "the preview would decrypt it and show it, so it was not tried",
    );
  }
  if (fleet === undefined) base.document.deleteIn(["config", fleetKey]);
  else base.document.setIn(["config", fleetKey], base.document.createNode(fleet));
  await writeFile(join(folder, name), base.document.toString());
  return differing(base, wanted).map(
    (key) => `${name}: the change of ${key} is not tried, for it could send tokens elsewhere`,
  );
}

/** A link of a pull request leads anywhere on this machine, and errors quote what they cannot read. */
async function assertRegular(file: string): Promise<string> {
  const entry = await lstat(file).catch(() => undefined);
  if (entry && !entry.isFile())
    throw new UserError(`${file} is no regular file, so it is not read`);
  return file;
}

interface ConfigFile {
  readonly document: Document;
  readonly config: Readonly<Record<string, unknown>>;
  /** What stands beside `config`. */
  readonly rest: Readonly<Record<string, unknown>>;
}

async function readConfig(file: string): Promise<ConfigFile> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UserError(`${file} is missing: a stack can be previewed once its file is merged`);
  });
  const document = parseDocument(text);
  const problem = document.errors[0]?.message ?? (isMap(document.contents) ? "" : "not a map");
  if (problem !== "") throw new UserError(`${file} is no stack configuration: ${problem}`);
  try {
    const { config, ...rest } = document.toJS() as { config?: ConfigFile["config"] | null };
    return { document, config: config ?? {}, rest };
  } catch (error) {
    // More aliases than any configuration has.
    throw new UserError(`${file} is no stack configuration: ${(error as Error).message}`);
  }
}

/**
 * The path of a value that the engine would decrypt: whoever can read the stack's file could put the
 * PAT of it into the name of a repository, and have it shown.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/#structured-configuration
 */
function findSecret(value: unknown): string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, "secure")) return [];
  for (const [key, inner] of Object.entries(value)) {
    const found = findSecret(inner);
    if (found) return [key, ...found];
  }
  return undefined;
}

/** Keys beside the fleet whose values differ: `github:baseUrl`, `encryptionsalt`. */
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
