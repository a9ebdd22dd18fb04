import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withLock } from "../../../src/with-lock.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Vitest starts its workers from one process, and each run has another seed. */
const thisRun = `${process.ppid} ${process.env["GHCR_FLEET_SEED"]}`;

/**
 * Builds the package as a release does, once in a run of the tests. Other tests wait meanwhile, because all build into
 * the same folder.
 *
 * @param folder where its tarball is written
 * @param env without what npm sets for the scripts of this checkout
 * @param use what needs the built folder itself
 * @returns the path of the tarball
 */
export function packPackage(
  folder: string,
  env: NodeJS.ProcessEnv,
  use?: (dist: string) => Promise<unknown>,
): Promise<string> {
  const dist = join(root, "dist");
  return withLock(join(root, ".ghcr-fleet", "dist.lock"), async () => {
    const marker = join(root, ".ghcr-fleet", "dist-of-run");
    if ((await readFile(marker, "utf8").catch(() => "")) !== thisRun) {
      await run(process.execPath, [join(root, "packaging/build.ts")], { cwd: root, env });
      await writeFile(marker, thisRun);
    }
    const pack = ["pack", "--silent", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: dist, env });
    await use?.(dist);
    return join(folder, stdout.trim());
  });
}

/** This environment without what npm and the set-up set for the scripts of this checkout. */
export function withoutCheckout(path: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VITEST|NODE_COMPILE_CACHE$)/.test(name),
  );
  return { ...Object.fromEntries(own), PATH: path };
}
