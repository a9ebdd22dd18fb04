import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { TestFleet } from "./start-fleet.ts";

const main = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** A running `ghcr-fleet`, to be interrupted or killed. */
export interface StartedCommand {
  readonly child: ChildProcess;
  /** Its output so far. */
  output(): string;
  /** How it ended: exit code, or nothing if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it and all its child processes at once, like a power failure. */
  killAll(): Promise<void>;
}

export function startCommand(
  fleet: Pick<TestFleet, "stack">,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StartedCommand {
  return start(fleet, process.execPath, [main, ...args], env);
}

/** `pulumi <args>` in the folder of a linked stack. */
export function startEngine(
  fleet: Pick<TestFleet, "stack">,
  args: readonly string[],
): StartedCommand {
  return start(fleet, "pulumi", [...args, "--non-interactive"], {});
}

function start(
  { stack }: Pick<TestFleet, "stack">,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): StartedCommand {
  const child = spawn(command, args, {
    cwd: stack.folder,
    env: { ...process.env, ...stack.shellVariables, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    output: () => text,
    ended,
    async killAll() {
      const root = child.pid ?? 0;
      const victims = new Set<number>();
      // What is stopped starts no further process, so the list becomes complete.
      for (let found = [root]; found.length > 0;) {
        for (const pid of found) {
          victims.add(pid);
          kill(pid, "SIGSTOP");
        }
        found = (await descendants(root)).filter((pid) => !victims.has(pid));
      }
      for (const pid of victims) kill(pid, "SIGKILL");
      await ended;
    },
  };
}

/** Reads the kernel's list of processes: `/proc/<pid>/stat` has the parent as fourth field. */
export async function descendants(root: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map(async (pid): Promise<[number, number]> => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      return [Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])];
    }),
  );
  const below = (pid: number): number[] =>
    parents.filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)]);
  return below(root);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended together with its parent.
  }
}
