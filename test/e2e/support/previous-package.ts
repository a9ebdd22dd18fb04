import { execFile, execFileSync } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cached } from "../../support/outside-tool.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The commit of the release before; a new release puts its own here. */
const previous = "6da9bba52f6c55cef0e0897a5cd06bc3ba54a58a";

/** Whether the history lacks it, as in a shallow clone. It is said on standard error, too. */
export function lacksPreviousRelease(): boolean {
  try {
    execFileSync("git", ["cat-file", "-e", `${previous}^{commit}`], { cwd: root, stdio: "ignore" });
    return false;
  } catch {
    process.stderr.write(
      `Left out, because the release before, ${previous}, is not in this clone (git fetch --unshallow).\n`,
    );
    return true;
  }
}

/** The folder of what the npm package of the release before contains; built once, from its commit. */
export function previousPackage(): Promise<string> {
  return cached(join("previous", previous), async (folder) => {
    const checkout = await mkdtemp(join(tmpdir(), "ghcr-fleet-previous-"));
    try {
      const archive = join(checkout, "checkout.tar");
      await run("git", ["archive", "--output", archive, previous], { cwd: root });
      await run("tar", ["-xf", archive, "-C", checkout]);
      await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
      await run(process.execPath, [join(checkout, "packaging/build.ts")]);
      await cp(join(checkout, "dist"), folder, { recursive: true });
    } finally {
      await rm(checkout, { recursive: true, force: true });
    }
  });
}
