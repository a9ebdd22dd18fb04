import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, parseDocument, type Document } from "yaml";
import { UserError } from "../user-error.ts";

const fleetKey = "ghcr-fleet:fleet";

/**
 * Takes the fleet of a stack's configuration from another checkout, and nothing else: a pull request
 * may say which repositories publish, but not where the tokens are sent, nor how they are encrypted.
 *
 * @param folder the project's folder, of code that was reviewed; its file is rewritten
 * @param head a checkout of the pull request: only its `Pulumi.<stack>.yaml` is read
 * @returns what else the pull request changes in that file, in words
 * @throws {UserError} a file is missing or no configuration
 */
export async function takeFleet(folder: string, head: string, stack: string): Promise<string[]> {
  const name = `Pulumi.${stack}.yaml`;
  const base = await readConfig(join(folder, name));
  const wanted = await readConfig(join(head, name));
  const others = differing(base, wanted);
  base.setIn(["config", fleetKey], wanted.getIn(["config", fleetKey], true));
  await writeFile(join(folder, name), base.toString());
  return others.map(
    (key) => `${name}: the change of ${key} is not tried, for it could send tokens elsewhere`,
  );
}

async function readConfig(file: string): Promise<Document> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UserError(`${file} is missing: a stack can be previewed once its file is merged`);
  });
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    const [problem] = document.errors;
    throw new UserError(`${file} is no stack configuration: ${problem?.message ?? "not a map"}`);
  }
  return document;
}

/** Keys beside the fleet whose values differ: `config.github:baseUrl`, `encryptionsalt`. */
function differing(base: Document, head: Document): string[] {
  const [old, next] = [flat(base), flat(head)];
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((key) => old.get(key) !== next.get(key))
    .sort();
}

function flat(document: Document): Map<string, string> {
  const { config = {}, ...rest } = document.toJS() as { config?: object | null };
  const entries = Object.entries(config ?? {}).filter(([key]) => key !== fleetKey);
  return new Map(
    [...Object.entries(rest), ...entries].map(([key, value]) => [key, JSON.stringify(value)]),
  );
}
