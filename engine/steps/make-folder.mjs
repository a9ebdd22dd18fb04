import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "./code-of.mjs";

/**
 * Makes a folder and those above it. Node's own `recursive` never returns below a folder that is
 * there and takes no other, as in /proc or behind a link that leads nowhere: told ENOENT, it makes
 * the folder above, finds that it exists, and tries again.
 *
 * @param {string} folder
 * @returns {Promise<void>}
 */
export async function makeFolder(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT" && dirname(folder) !== folder) {
      await makeFolder(dirname(folder));
      // A second ENOENT is final; somebody else may have been faster.
      await mkdir(folder).catch(acceptFolder(folder));
    } else {
      await acceptFolder(folder)(error);
    }
  }
}

/** @param {string} folder @returns {(error: unknown) => Promise<void>} */
function acceptFolder(folder) {
  return async (error) => {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) throw error;
  };
}
