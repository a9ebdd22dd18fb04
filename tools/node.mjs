// Plain JavaScript for old versions of Node: ghcr-fleet needs one that runs TypeScript, 22.18 or newer.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/** The Node of the npm package `node`; absent if npm runs no installation scripts. */
export const packagedNode = fileURLToPath(
  new URL("../node_modules/node/bin/node", import.meta.url),
);

/**
 * Runs a program in place of this one: same terminal, same signals, same exit code.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function runInForeground(program, args, env = process.env) {
  const child = spawn(program, args, { env, stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  // A terminal sends Ctrl-C to the whole group. The program must not get it twice: the second Ctrl-C
  // means "stop at once".
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  child.on("error", (error) => {
    process.stderr.write(`${program} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
  });
}
