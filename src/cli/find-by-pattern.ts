import { readdir } from "node:fs/promises";
import { join } from "node:path";
import picomatch from "picomatch";

/** What no pattern is meant for, however wide. */
const skipped = new Set(["node_modules", ".git"]);

/** Whether a path is a pattern, such as one of `*.yml` in quotes, which no shell has expanded. */
export function isPattern(path: string): boolean {
  return picomatch.scan(path).isGlob;
}

/** The files that match a pattern, those in hidden folders such as .github, too. */
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
