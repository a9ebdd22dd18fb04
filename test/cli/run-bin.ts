import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command's entry. */
export const bin = fileURLToPath(new URL("../../bin/ghcr-fleet.mjs", import.meta.url));

export interface Ended {
  /** The exit code; nothing if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ghcr-fleet <args>` to its end, like a shell: it gets only `env` and `input`. */
export function runBin(
  args: readonly string[],
  {
    cwd,
    env = process.env,
    input = "",
  }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], { cwd, env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
    // One that does not read may have ended already.
    child.stdin?.on("error", () => {}).end(input);
  });
}
