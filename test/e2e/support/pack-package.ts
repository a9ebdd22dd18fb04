import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withLock } from "../../../src/with-lock.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Builds the package as a release does. Other tests wait meanwhile, because all build into the same folder.
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
    await run(process.execPath, [join(root, "packaging/build.ts")], { cwd: root, env });
    const pack = ["pack", "--silent", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: dist, env });
    await use?.(dist);
    return join(folder, stdout.trim());
  });
}

/** This environment without what npm sets for the scripts of this checkout. */
export function withoutCheckout(path: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST)/.test(name));
  return { ...Object.fromEntries(own), PATH: path };
}
