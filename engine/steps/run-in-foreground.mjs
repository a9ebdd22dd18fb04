import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program in place of this one: same terminal, same signals, same exit code.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function runInForeground(program, args, env) {
  const child = spawn(program, args, { env, stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  // A terminal sends Ctrl-C to the whole group, and npm sends it on once more. The program has to
  // see it once: its second Ctrl-C means "stop at once".
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
