import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TestFleet } from "../../e2e/support/start-fleet.ts";

/**
 * Remembers GitHub and the stack as they are.
 *
 * @returns brings both back to that, which costs no engine
 */
export async function saveFleet({ platform, stack }: TestFleet): Promise<() => Promise<void>> {
  const snapshot = platform.snapshot();
  const files = await stack.files();
  return async () => {
    platform.faults.clear();
    platform.restore(snapshot);
    for (const name of ["state", ".ghcr-fleet"]) {
      await rm(join(stack.folder, name), { recursive: true, force: true });
    }
    for (const [path, text] of files) {
      await mkdir(dirname(join(stack.folder, path)), { recursive: true });
      await writeFile(join(stack.folder, path), text);
    }
  };
}
