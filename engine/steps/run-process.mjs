import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * How a process ended. `lines` holds both streams in the order they came in; `stdout` the first
 * one alone, without the last line break.
 *
 * @typedef {{ code: number, lines: string[], stdout: string }} Ended
 */

/**
 * Runs a program to its end and keeps what it printed. Rejects when it cannot be started
 * (`ENOENT`: no such program), when `signal` fires, or after `timeoutMs`; the program has ended by
 * then, so that its files can be removed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env: NodeJS.ProcessEnv, signal?: AbortSignal, timeoutMs?: number,
 *           onLine?: (line: string) => void }} options
 * @returns {Promise<Ended>}
 */
export function runProcess(command, args, { cwd, env, signal, timeoutMs, onLine }) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    /** @type {string[]} */
    const lines = [];
    /** @type {string[]} */
    const stdout = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      stdout.push(line);
      lines.push(line);
      onLine?.(line);
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      onLine?.(line);
    });

    /** @type {unknown} */
    let stoppedBy;
    /** @param {unknown} reason */
    const stop = (reason) => {
      stoppedBy = reason;
      // Both npm and go clean up on SIGINT; what does not listen is ended for good.
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => stop(new Error(`${command} did not end within ${timeoutMs / 1000} s`)),
            timeoutMs,
          );

    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code) => {
      settle();
      if (stoppedBy === undefined) resolve({ code: code ?? 1, lines, stdout: stdout.join("\n") });
      else reject(stoppedBy);
    });
  });
}
