import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Usage {
  /** Of all processes, including those that have ended. */
  cpuSeconds: number;
  /** The largest sum of resident memory, in bytes. Pages that processes share count for each of them. */
  peakMemory: number;
}

/** Linux counts CPU time in hundredths of a second for every program: `man 5 proc_pid_stat`. */
const ticksPerSecond = 100;
const pageSize = 4096;
const interval = 100;

/** Measures everything that this process has started, except `without`. */
export function watchProcesses(without: readonly number[]) {
  const ticks = new Map<string, number>();
  let peakMemory = 0;
  let seen: number[] = [];
  const sample = () => {
    const processes = descendants(process.pid, without);
    seen = processes.map(({ pid }) => pid);
    for (const { pid, start, cpu } of processes) ticks.set(`${pid} ${start}`, cpu);
    const memory = processes.reduce((sum, { pages }) => sum + pages * pageSize, 0);
    peakMemory = Math.max(peakMemory, memory);
  };
  const timer = setInterval(sample, interval);
  return {
    /** Ends at once all that is measured; none of it is left afterwards. */
    async killAll() {
      sample();
      while (seen.length > 0) {
        for (const pid of seen) {
          try {
            process.kill(pid, "SIGKILL");
          } catch {
            // It has ended by itself.
          }
        }
        await sleep(interval);
        sample();
      }
    },
    stop(): Usage {
      clearInterval(timer);
      const sum = [...ticks.values()].reduce((total, each) => total + each, 0);
      return { cpuSeconds: sum / ticksPerSecond, peakMemory };
    },
  };
}

interface Process {
  pid: number;
  parent: number;
  start: number;
  cpu: number;
  pages: number;
}

function descendants(root: number, without: readonly number[]): Process[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []));
  const below = (pid: number): Process[] =>
    all
      .filter(({ parent, pid: child }) => parent === pid && !without.includes(child))
      .flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}

function readStat(pid: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, in parentheses; it may contain spaces.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const at = (index: number) => fields[index] ?? 0;
    const cpu = at(11) + at(12);
    return [{ pid: Number(pid), parent: at(1), start: at(19), cpu, pages: at(21) }];
  } catch {
    return [];
  }
}
