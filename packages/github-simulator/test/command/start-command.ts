import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The command, served until `stop`. */
export interface StartedCommand {
  readonly url: string;
  readonly registryUrl: string;
  /** Its output until it was ready. */
  readonly printed: string;
  /** Calls `/_simulator/…` with the key that the command printed. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
  /** Ends it by a signal. @returns the exit code and its log */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; log: string }>;
}

const bin = fileURLToPath(new URL("../../src/command/bin.ts", import.meta.url));

/** @param env in addition to PATH */
export async function startCommand(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<StartedCommand> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env["PATH"], ...env },
  });
  let log = "";
  child.stderr.on("data", (piece: Buffer) => (log += piece.toString()));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith("Press Ctrl-C")) break;
  }
  const printed = lines.join("\n");
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
  const registryUrl = /http:\/\/localhost:\d+/.exec(printed)?.[0];
  if (url === undefined || registryUrl === undefined)
    throw new Error(`the command did not start:\n${printed}\n${log}`);
  const key = /control key is (\S+)$/m.exec(printed)?.[1] ?? "";
  return {
    url,
    registryUrl,
    printed,
    control: (method, path, body) =>
      fetch(`${url}/_simulator${path}`, {
        method,
        headers: { authorization: `Bearer ${key}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async stop(signal = "SIGTERM") {
      const ended = once(child, "close");
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return { code, log };
    },
  };
}
