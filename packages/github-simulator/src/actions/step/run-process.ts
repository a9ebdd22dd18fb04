import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isolateProgram } from "./isolate-process.ts";

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** The whole environment: nothing of this process's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the process and its children; has no effect if it is already aborted. */
  readonly signal: AbortSignal;
  onLine(line: string): void;
}

/**
 * Runs a program to its end, with standard output and standard error line by line.
 * @returns the exit code; 128 + n if signal n ended it
 */
export async function runProcess(request: ProcessRequest): Promise<number> {
  const { folder, signal } = request;
  const cancellable = !request.signal.aborted;
  const { command, args, env } = await isolateProgram(request, folder);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      // An own process group, so that children of a script end with it.
      detached: true,
    });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    if (cancellable && signal.aborted) end();
    else if (cancellable) signal.addEventListener("abort", end, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
        request.onLine(line);
      });
    }
    child.once("error", reject);
    // Otherwise, what a script leaves in the background would keep the pipes open forever.
    child.once("exit", end);
    child.once("close", (code) => {
      signal.removeEventListener("abort", end);
      resolve(code ?? 137);
    });
  });
}
