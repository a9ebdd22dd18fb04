import { readdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Makes a back end of files readable again after a crash. Beside each file it keeps another one with
 * the ending `.attrs`, which it does not write in one go: an engine that is killed in that moment
 * leaves it empty, and then the file itself cannot be read any more. Nothing is lost with it.
 *
 * @param backend URL of the back end; nothing happens where it is none of files
 * @returns the files that were removed
 * @see https://pkg.go.dev/gocloud.dev/blob/fileblob
 */
export async function removeBrokenSidecars(backend: string): Promise<string[]> {
  const [, place] = /^file:\/\/([^?]*)/.exec(backend) ?? [];
  if (place === undefined) return [];
  const folder = join(place.replace(/^~(?=\/|$)/, homedir()), ".pulumi");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sidecars = names
    .filter((name) => name.endsWith(".attrs"))
    .map((name) => join(folder, name));
  const broken: string[] = [];
  for (const file of sidecars) if (!isJson(await readFile(file, "utf8"))) broken.push(file);
  for (const file of broken) await rm(file, { force: true });
  return broken;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
