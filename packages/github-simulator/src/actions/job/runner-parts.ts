import type { ActionsHost } from "../host/actions-host.ts";
import type { ConcurrencyGroups } from "./concurrency-groups.ts";
import type { JobSlots } from "./job-slots.ts";
import type { JobRecord, Run } from "../records/run-record.ts";

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
