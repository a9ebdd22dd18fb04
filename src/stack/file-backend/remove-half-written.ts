import { readdir, readFile, rm } from "node:fs/promises";
import { join, sep } from "node:path";

/**
 * Makes a back end of files readable again after a crash. The engine writes states and locks to another
 * name first, but writes the file `.attrs` next to each in place: an engine that is killed in that moment
 * leaves it empty, and then the state or lock itself cannot be read. Every file in the folder of locks
 * counts as a lock, so an incomplete one stops every command. Neither kind of file contains anything that
 * would be lost.
 *
 * @param folder `.pulumi` of the back end
 * @returns the files that were removed
 * @see https://pkg.go.dev/gocloud.dev/blob/fileblob
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/diy/lock.go
 */
export async function removeHalfWritten(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter(
    (name) =>
      name.endsWith(".attrs") || (name.startsWith(`locks${sep}`) && /\.json(?:\.|$)/.test(name)),
  );
  const broken: string[] = [];
  for (const name of files) {
    const file = join(folder, name);
    if (!isJson(await readFile(file, "utf8").catch(() => "{}"))) broken.push(file);
  }
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
