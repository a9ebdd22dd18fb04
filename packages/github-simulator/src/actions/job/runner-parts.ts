import type { ActionsHost } from "../host/actions-host.ts";
import type { JobRecord, Run } from "../records/run-record.ts";
import type { ConcurrencyGroups } from "./concurrency-groups.ts";

/** Where runs report their progress. */
export interface RunReporter {
  /** `requested`: once per run, whatever its attempts. */
  run(run: Run, action: "requested" | "in_progress" | "completed"): void;
  job(run: Run, job: JobRecord, action: "queued" | "in_progress" | "completed"): void;
}

/** What all runs of one simulator share. */
export interface RunnerParts {
  readonly host: ActionsHost;
  readonly slots: JobSlots;
  readonly groups: ConcurrencyGroups;
  readonly report: RunReporter;
  /** The processor of the machine that runs the steps, as `process.arch` names it. */
  readonly machine: string;
  /** PATH of the steps. */
  readonly toolPath: string;
  /** Whether `run:` steps are executed. */
  readonly scripts: boolean;
  /** Variables of the runner's image. */
  readonly toolVariables: Readonly<Record<string, string>>;
  nextId(): number;
}

/** The free runners: at most `size` jobs run at once. */
interface JobSlots {
  /** Waits for a free slot; rejects once the signal aborts. @returns a function that frees the slot */
  take(signal: AbortSignal): Promise<() => void>;
  /** No job starts until `release`. */
  hold(): void;
  release(): void;
}

export function createJobSlots(size: number): JobSlots {
  const waiting: (() => void)[] = [];
  let free = size;
  let held = false;
  const next = (): void => {
    while (!held && free > 0) {
      const start = waiting.shift();
      if (start === undefined) return;
      free -= 1;
      start();
    }
  };
  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        const start = (): void => {
          signal.removeEventListener("abort", leave);
          let taken = true;
          resolve(() => {
            if (taken) free += 1;
            taken = false;
            next();
          });
        };
        const leave = (): void => {
          const index = waiting.indexOf(start);
          if (index >= 0) waiting.splice(index, 1);
          reject(new Error("cancelled while it waited for a runner"));
        };
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave, { once: true });
        waiting.push(start);
        next();
      }),
    hold() {
      held = true;
    },
    release() {
      held = false;
      next();
    },
  };
}
