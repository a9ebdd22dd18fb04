import { join } from "node:path";
import { exists } from "./exists.mjs";
import { findProgram } from "./find-program.mjs";
import { runProcess } from "./run-process.mjs";
import { SetupError } from "./setup-error.mjs";
import { isAtLeast } from "./version.mjs";

/** The first Node 22 that runs TypeScript as it is: https://nodejs.org/api/typescript.html */
export const leastNode = "22.18";

/** The first Node that runs the set-up itself, which then brings the other. */
const firstNode = "20";

/** @typedef {{ program: string, version: string }} Node */

/** @type {Node} */
const runningNode = { program: process.execPath, version: process.versions.node };

/**
 * @param {string} [version] of the Node of this process
 * @throws {SetupError} when it cannot run the set-up
 */
export function assertNode(version = process.versions.node) {
  if (isAtLeast(version, `${firstNode}.0`)) return;
  throw new SetupError(
    `Node ${version} is too old: ${firstNode} or newer is needed.\n` +
      "Get it from https://nodejs.org/en/download, then run the command again.",
  );
}

/**
 * The second step: a Node that runs TypeScript as it is. The npm package `node` brings one; where
 * it does not run (another C library, say), the Node of this process will do if it is new enough.
 *
 * @param {import("./settings.mjs").Settings} settings with the npm packages installed
 * @param {Node} [running] the Node of this process
 * @returns {Promise<Node & { installed: boolean }>}
 * @throws {SetupError} when neither is new enough
 */
export async function ensureNode(settings, running = runningNode) {
  const packaged = join(settings.root, "node_modules", ".bin", "node");
  const found = (await runsTypeScript(packaged, settings)) ?? acceptable(running);
  if (found) return { ...found, installed: false };

  // `npm config set ignore-scripts true` leaves the package without its program.
  if (await exists(join(settings.root, "node_modules", "node"))) {
    await fetchPackagedNode(settings);
    const repaired = await runsTypeScript(packaged, settings);
    if (repaired) return { ...repaired, installed: true };
  }
  throw new SetupError(
    `Node ${running.version} cannot run TypeScript, and the npm package \`node\` brought no newer one.\n` +
      `Get Node ${leastNode} or newer from https://nodejs.org/en/download, then run the command again.`,
  );
}

/**
 * @param {string} program
 * @param {import("./settings.mjs").Settings} settings
 * @returns {Promise<Node | undefined>}
 */
async function runsTypeScript(program, { env, signal }) {
  if (!(await exists(program))) return undefined;
  try {
    const run = { env, timeoutMs: 10_000, ...(signal && { signal }) };
    const { stdout } = await runProcess(program, ["--version"], run);
    return acceptable({ program, version: stdout.replace(/^v/, "") });
  } catch {
    signal?.throwIfAborted();
    return undefined; // it is there and does not start: another platform's program
  }
}

/** @param {Node} node */
function acceptable(node) {
  return isAtLeast(node.version, leastNode) ? node : undefined;
}

/** @param {import("./settings.mjs").Settings} settings */
async function fetchPackagedNode({ root, env, progress, signal, verbose }) {
  const npm = await findProgram("npm", env["PATH"]);
  if (npm === undefined) return;
  const task = progress.start(`Node ${leastNode} or newer`);
  const { code } = await runProcess(npm, ["rebuild", "node", "--ignore-scripts=false"], {
    cwd: root,
    env,
    ...(signal && { signal }),
    ...(verbose && { onLine: progress.note }),
  });
  if (code === 0) task.done("Node fetched as an npm package");
  else task.leave("The npm package `node` could not be set up");
}
