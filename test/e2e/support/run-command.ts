import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestFleet } from "./start-fleet.ts";

const main = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ghcr-fleet <args>` in the folder of a linked stack, like a person. */
export function runCommand(
  { stack }: { readonly stack: Pick<TestFleet["stack"], "folder" | "shellVariables"> },
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: stack.folder,
    env: { ...process.env, ...stack.shellVariables, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, ...output }));
  });
}
