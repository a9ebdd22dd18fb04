import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/**
 * Ends the other plugins of an engine that no longer exists. The vendor's host and providers look for their engine once
 * in five minutes, and until then they can still write to GitHub.
 *
 * These are the programs that got the engine's address and have the parent that this process has now: the one that
 * takes over what a dead process has started. Plugins of an engine that has the same port later have that engine as
 * parent.
 */
export function endSiblings(engineAddress: string): void {
  for (const { pid, parent, program } of listProcesses()) {
    if (pid === process.pid || parent !== process.ppid) continue;
    const isPlugin = program.slice(0, 2).some((part) => basename(part).startsWith("pulumi-"));
    if (!isPlugin || !program.includes(engineAddress)) continue;
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended meanwhile.
    }
  }
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The program and its arguments. */
  readonly program: readonly string[];
}

function listProcesses(): ProcessEntry[] {
  if (process.platform === "linux") {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => readProcess(Number(pid)) ?? []);
  }
  const { stdout } = spawnSync("ps", ["-axo", "pid=,ppid=,args="], { encoding: "utf8" });
  return stdout.split("\n").map((line) => {
    const [pid, parent, ...program] = line.trim().split(/ +/);
    return { pid: Number(pid), parent: Number(parent), program };
  });
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html the parent is the fourth field */
function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    const program = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return { pid, parent, program };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
