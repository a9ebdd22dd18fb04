import { readdir } from "node:fs/promises";
import { join } from "node:path";
import picomatch from "picomatch";

/** Folders that no pattern matches. */
const skipped = new Set(["node_modules", ".git"]);

/** Whether a path is a pattern: in quotes, `*.yml` is not expanded by the shell. */
export function isPattern(path: string): boolean {
  return picomatch.scan(path).isGlob;
}

/** The files that match a pattern, including those in hidden folders such as .github. */
export async function findByPattern(pattern: string): Promise<string[]> {
  const { base, glob } = picomatch.scan(pattern);
  const matches = picomatch(glob, { dot: true });
  const files = await filesBelow(base === "" ? "." : base, "");
  return files.filter((file) => matches(file)).map((file) => join(base, file));
}

/** Relative to the folder, with slashes; nothing where it cannot be read. */
async function filesBelow(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (!entry.isDirectory()) return [path];
      return skipped.has(entry.name) ? [] : filesBelow(folder, path);
    }),
  );
  return found.flat();
}
