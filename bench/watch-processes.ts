import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Usage {
  /** Of all processes, including those that have ended. */
  cpuSeconds: number;
  /** The largest sum of memory, in bytes. Each process has its share of the pages that several have. */
  peakMemory: number;
}

/** Linux counts CPU time in hundredths of a second for every program: `man 5 proc_pid_stat`. */
const ticksPerSecond = 100;
const interval = 100;
/** Adding up the pages of a process takes the kernel milliseconds. */
const samplesPerMemory = 5;

/** Measures everything that this process has started, except `without`. */
export function watchProcesses(without: readonly number[]) {
  const seen = new Map<string, Process>();
  let peakMemory = 0;
  let samples = 0;
  const sample = () => {
    const processes = descendants(process.pid, without);
    for (const each of processes) seen.set(`${each.pid} ${each.start}`, each);
    if (samples++ % samplesPerMemory > 0) return;
    const memory = processes.reduce((sum, { pid }) => sum + memoryOf(pid), 0);
    peakMemory = Math.max(peakMemory, memory);
  };
  const timer = setInterval(sample, interval);
  return {
    /** Ends at once all that is measured; none of it is left afterwards. */
    async killAll() {
      const isAlive = ({ pid, start }: Process) =>
        readStat(String(pid)).some((now) => now.start === start && !now.hasEnded);
      // Those whose parent has ended are nobody's descendants, but were seen before.
      const left = () => [...seen.values()].filter(isAlive);
      sample();
      while (left().length > 0) {
        for (const { pid } of left()) process.kill(pid, "SIGKILL");
        await sleep(interval);
        sample();
      }
    },
    stop(): Usage {
      clearInterval(timer);
      const ticks = [...seen.values()].reduce((sum, { cpu }) => sum + cpu, 0);
      return { cpuSeconds: ticks / ticksPerSecond, peakMemory };
    },
  };
}

interface Process {
  pid: number;
  parent: number;
  /** In ticks since the machine started: an earlier process with the same id has another value. */
  start: number;
  /** In ticks. */
  cpu: number;
  /** Its parent has not noticed yet. */
  hasEnded: boolean;
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
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const at = (index: number) => Number(fields[index] ?? 0);
    const hasEnded = fields[0] === "Z";
    const cpu = at(11) + at(12);
    return [{ pid: Number(pid), parent: at(1), start: at(19), cpu, hasEnded }];
  } catch {
    return [];
  }
}

/** Its proportional set size in bytes, `man 5 proc_pid_smaps`; 0 where it has ended. */
function memoryOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
