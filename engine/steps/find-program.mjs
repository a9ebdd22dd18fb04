import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * Looks a program up on PATH, as a shell does.
 *
 * @param {string} name
 * @param {string | undefined} path the value of PATH
 * @param {(folder: string) => boolean} [isWanted] leaves folders out
 * @returns {Promise<string | undefined>} its full path
 */
export async function findProgram(name, path, isWanted = () => true) {
  for (const folder of (path ?? "").split(delimiter)) {
    if (folder === "" || !isWanted(folder)) continue;
    const candidate = join(folder, name);
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) return candidate;
    } catch {
      // not here; look further
    }
  }
  return undefined;
}
