import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./make-folder.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Makes sure that the cache is there and takes files, before anything is fetched for it.
 *
 * @param {string} cache
 * @throws {SetupError} that says why not, and how to have another one
 */
export async function assertWritable(cache) {
  try {
    await makeFolder(cache);
    const probe = await mkdtemp(join(cache, "probe-"));
    try {
      // A full disk may still take folders.
      await writeFile(join(probe, "file"), "probe");
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(
      `The cache folder ${cache} cannot be written: ${reason}\n` +
        "Make it writable, or make room in it, or choose another with GHCR_FLEET_CACHE=<folder>, then run the command again.",
    );
  }
}
