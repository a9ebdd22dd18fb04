import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { SeedInput } from "github-simulator";

type SeedRepository = NonNullable<SeedInput["repositories"]>[number];

const folder = fileURLToPath(new URL("repositories/", import.meta.url));

/**
 * Repositories that publish already, each in its own way, from the files below demo/repositories: tests
 * and lint next to the image, a matrix of images, two registries, a login in a script, a reusable
 * workflow, and one that needs a person. The script runs `docker` on the machine of its runner, for tags
 * only: nothing in the demo starts it.
 */
export async function loadRepositories(): Promise<SeedRepository[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      topics: ["container"],
      files: await readTree(join(folder, name)),
    })),
  );
}

/** Path, with slashes, to text. */
async function readTree(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    const relative = path.slice(root.length + 1).replaceAll("\\", "/");
    return [relative, await readFile(path, "utf8")] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}
