import type { Hono } from "hono";
import type { ActionsHost } from "./host/actions-host.ts";
import { createActionsApi } from "./api/actions-api.ts";
import { createConcurrencyGroups } from "./job/concurrency-groups.ts";
import { createJobSlots, type RunnerParts } from "./job/runner-parts.ts";
import { createRunQueue, type RunQueue } from "./queue/run-queue.ts";
import { reportRuns } from "./queue/report-runs.ts";
import { createWorkflowIndex } from "./records/workflow-index.ts";

export interface ActionsOptions {
  readonly host: ActionsHost;
  /** Jobs that run at once, over all repositories. */
  readonly concurrentJobs?: number | undefined;
  /** The processor that steps find, as `process.arch` names it; this machine's by default. */
  readonly machine?: string | undefined;
  /** Whether `run:` steps are executed; they are by default. */
  readonly scripts?: boolean | undefined;
  /** PATH of the steps; nothing else of this process's environment reaches them. */
  readonly toolPath?: string | undefined;
  /** Variables that the image of the runners sets, such as a tool's folder for plugins. */
  readonly toolVariables?: Readonly<Record<string, string>> | undefined;
}

export interface Actions extends Pick<RunQueue, "handle" | "idle" | "runs"> {
  /** REST endpoints of Actions, to be mounted at the API's root. */
  readonly api: Hono;
  /** Runs stay queued, with their current secrets, until `releaseQueue`. */
  holdQueue(): void;
  releaseQueue(): void;
  /** Cancels all runs, waits for their end, and forgets all runs and workflows. */
  reset(): Promise<void>;
  /** Cancels all runs and waits for their end. */
  close(): Promise<void>;
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** GitHub Actions for the repositories of a host: events in, runs out. */
export function createActions(options: ActionsOptions): Actions {
  const { host } = options;
  // GitHub's ids are large; ids that differ from numbers of issues and pull requests prevent mix-ups.
  let lastId = 7_000_000_000;
  const nextId = () => (lastId += 1);
  const index = createWorkflowIndex(host, nextId);
  const parts: RunnerParts = {
    host,
    slots: createJobSlots(options.concurrentJobs ?? 2),
    groups: createConcurrencyGroups(),
    report: reportRuns(host, index),
    machine: options.machine ?? process.arch,
    scripts: options.scripts ?? true,
    toolPath: options.toolPath ?? DEFAULT_PATH,
    toolVariables: options.toolVariables ?? {},
    nextId,
  };
  const queue = createRunQueue(parts, index);
  return {
    handle: queue.handle,
    idle: queue.idle,
    api: createActionsApi(host, queue, index),
    runs: queue.runs,
    holdQueue: parts.slots.hold,
    releaseQueue: parts.slots.release,
    async reset() {
      await queue.reset("The simulator is reset.");
      index.clear();
    },
    async close() {
      queue.stop("The simulator is closing.");
      await queue.idle();
    },
  };
}
