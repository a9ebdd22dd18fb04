import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "../src/user-error.ts";

export interface StepOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** The approximate number of lines that it prints to standard error. */
  total?: number;
}

/**
 * Runs a program as a step of the set-up and shows its progress: on a terminal in one line, elsewhere
 * in a line each half minute. GHCR_FLEET_VERBOSE=1 also shows its output.
 *
 * @returns its lines on standard output
 * @throws {UserError} it failed; with its last lines, and the next step if they show the cause
 */
export async function runStep(
  title: string,
  command: string,
  args: readonly string[],
  { cwd, env, total }: StepOptions,
): Promise<string[]> {
  const out = process.stderr;
  const startedAt = Date.now();
  let count = 0;
  const line = () => {
    const progress = total === undefined ? "" : `, ${count} of ${total}`;
    return `${title}${progress}, ${Math.round((Date.now() - startedAt) / 1000)} s`;
  };
  const clear = out.isTTY ? "\r\u001B[2K" : "";
  const end = out.isTTY ? "" : "\n";
  out.write(`· ${title}${end}`);
  const timer = setInterval(
    () => out.write(`${clear}· ${line()}${end}`),
    out.isTTY ? 1_000 : 30_000,
  );

  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => stdout.push(text));
  createInterface({ input: child.stderr }).on("line", (text) => {
    count += 1;
    stderr.push(text);
    if (env["GHCR_FLEET_VERBOSE"] === "1") out.write(`${clear}${text}\n`);
  });
  const reason = await new Promise<string | undefined>((resolve) => {
    child.once("error", ({ message }) => resolve(`${command} could not be started: ${message}`));
    child.once("close", (code) => {
      resolve(code === 0 ? undefined : `${title} failed: ${stderr.slice(-12).join("\n  ")}`);
    });
  });
  clearInterval(timer);
  out.write(`${clear}${reason === undefined ? "✓" : "–"} ${line()}\n`);
  if (reason === undefined) return stdout;
  throw new UserError(`${reason}\n  ${nextStep(reason)}`.trimEnd());
}

function nextStep(reason: string): string {
  if (/go ENOENT|requires go|invalid go version/.test(reason))
    return "Get Go 1.26 or newer from https://go.dev/dl";
  if (/no space left/.test(reason)) return "The disk is full: Go's caches need about 5 GB";
  if (/dial tcp|no such host|i\/o timeout|connection refused/.test(reason))
    return "Go modules cannot be downloaded: check the network, or GOPROXY (`go env GOPROXY`)";
  return "";
}
