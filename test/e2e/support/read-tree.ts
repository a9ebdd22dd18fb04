import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** All files of a folder, each as its path and text. */
export async function readTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path}\n${await readFile(path, "utf8")}`;
    }),
  );
}
