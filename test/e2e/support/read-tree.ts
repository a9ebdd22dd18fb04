import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** All files of a folder, by their paths. */
export async function readTree(folder: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file, await readFile(file)] as const);
  return Object.fromEntries(await Promise.all(read));
}
