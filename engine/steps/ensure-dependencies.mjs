import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertWritable } from "./assert-writable.mjs";
import { exists } from "./exists.mjs";
import { findProgram } from "./find-program.mjs";
import { runProcess } from "./run-process.mjs";
import { SetupError } from "./setup-error.mjs";
import { withLock } from "./with-lock.mjs";

/**
 * The first step: the npm packages that package-lock.json names, installed with `npm ci` when one
 * is missing or has another version.
 *
 * @param {import("./settings.mjs").Settings} settings
 * @returns {Promise<{ packages: number, installed: boolean }>}
 * @throws {SetupError} without npm or a writable cache, or when `npm ci` fails
 */
export async function ensureDependencies(settings) {
  const { root, cache, env, progress, signal, verbose } = settings;
  const packages = await readLocked(root);
  if (await areInstalled(root, packages)) return { packages: packages.size, installed: false };

  const npm = await findProgram("npm", env["PATH"]);
  if (npm === undefined) {
    throw new SetupError(
      "npm is not on PATH. It comes with Node.js: https://nodejs.org/en/download",
    );
  }
  await assertWritable(cache);
  const checkout = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const lock = join(cache, "dependencies", `${checkout}.lock`);
  const onWait = () => progress.note("Another process is installing the npm packages: waiting.");
  return withLock(lock, install, { onWait, ...(signal && { signal }) });

  async function install() {
    if (await areInstalled(root, packages)) return { packages: packages.size, installed: false };
    const task = progress.start(`npm packages (${packages.size})`);
    // Node 24 comes as a development dependency, so NODE_ENV=production must not leave it out.
    const { code, lines } = await runProcess(npm ?? "npm", ["ci", "--include=dev"], {
      cwd: root,
      env,
      ...(signal && { signal }),
      ...(verbose && { onLine: progress.note }),
    });
    if (code !== 0) {
      task.leave("npm ci failed");
      const errors = lines.filter((line) => !line.startsWith("npm warn")).slice(0, 15);
      throw new SetupError(
        `npm ci failed:\n${errors.join("\n")}\n` +
          "Check the network and the registry (`npm config get registry`), then run the command again.",
      );
    }
    task.done(`${packages.size} npm packages installed`);
    return { packages: packages.size, installed: true };
  }
}

/**
 * The packages that have to be there, by folder; optional ones depend on the platform, and npm is
 * the judge of those.
 *
 * @param {string} root
 * @returns {Promise<Map<string, string>>} version by folder
 */
async function readLocked(root) {
  const locked = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")).packages;
  const wanted = new Map();
  for (const [folder, entry] of Object.entries(locked)) {
    if (folder !== "" && !entry.optional && !entry.devOptional) wanted.set(folder, entry.version);
  }
  return wanted;
}

/**
 * npm writes node_modules/.package-lock.json when an installation is complete, so an interrupted
 * one has none, or that of another package-lock.json
 * (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#hidden-lockfiles).
 *
 * @param {string} root
 * @param {Map<string, string>} wanted
 */
async function areInstalled(root, wanted) {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!(await exists(hidden))) return false;
  const installed = JSON.parse(await readFile(hidden, "utf8")).packages;
  const checks = [...wanted].map(
    async ([folder, version]) =>
      installed[folder]?.version === version && (await exists(join(root, folder, "package.json"))),
  );
  return (await Promise.all(checks)).every(Boolean);
}
