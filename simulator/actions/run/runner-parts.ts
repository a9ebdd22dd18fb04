import type { ActionsHost } from "../actions-host.ts";
import type { ConcurrencyGroups } from "../queue/concurrency-groups.ts";
import type { JobSlots } from "../queue/job-slots.ts";

/** What all runs of one simulator share. */
export interface RunnerParts {
  readonly host: ActionsHost;
  readonly slots: JobSlots;
  readonly groups: ConcurrencyGroups;
  /** PATH of the steps. */
  readonly toolPath: string;
  /** Variables of the runner's image. */
  readonly toolVariables: Readonly<Record<string, string>>;
  nextId(): number;
}
