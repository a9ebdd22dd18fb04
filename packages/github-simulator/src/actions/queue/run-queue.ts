import type { ActionsHost } from "../host/actions-host.ts";
import { type ActionsEvent, asksToSkip, headOf, subjectsOf } from "../host/actions-event.ts";
import { messageOf, type Json } from "../language/expression.ts";
import { InvalidWorkflow, loadWorkflow } from "../language/load-workflow.ts";
import { lockRefusal } from "./lock-refusal.ts";
import { isTriggered, neverReported } from "./trigger.ts";
import type { FilePlace, WorkflowFile } from "../language/workflow-file.ts";
import type { Run } from "../records/run-record.ts";
import type { RunnerParts } from "../job/runner-parts.ts";
import { cancelRun, forceCancelRun, runWorkflow, type FinishedJobs } from "../run/run-workflow.ts";
import { createRun, resetRun } from "./create-run.ts";
import { keptJobs, type Again } from "./kept-jobs.ts";
import { DispatchRefusal, resolveDispatchInputs } from "./dispatch-inputs.ts";
import { workflowRunEvent } from "./report-runs.ts";
import { workflowPaths, type WorkflowIndex } from "../records/workflow-index.ts";

export interface RunQueue {
  /** Starts the workflows that an event triggers. @returns their runs, queued */
  handle(event: ActionsEvent): Promise<Run[]>;
  /** Starts one workflow manually. @throws DispatchRefusal */
  dispatch(event: ActionsEvent, path: string, given: Record<string, Json>): Promise<Run>;
  /** Another attempt. @returns `false` for a run that could never start */
  rerun(run: Run, actor: string, again: Again, debug: boolean): boolean;
  cancel(run: Run, reason: string): void;
  forceCancel(run: Run, reason: string): void;
  /** Cancels what has not ended, and starts nothing more. */
  stop(reason: string): void;
  /** Cancels what has not ended, waits for its end, and forgets all runs. */
  reset(reason: string): Promise<void>;
  runs(): readonly Run[];
  /** @throws the runner's own error, if there was one */
  idle(): Promise<void>;
}

interface Startable {
  readonly workflow: WorkflowFile;
  readonly inputs: Record<string, Json>;
  /** Jobs of the last attempt. */
  finished: FinishedJobs;
}

/** Turns events into runs, and keeps all of them. */
export function createRunQueue(shared: RunnerParts, index: WorkflowIndex): RunQueue {
  const { host, report } = shared;
  const parts: RunnerParts = { ...shared, report: { ...report, run: reportRun } };
  const runs: Run[] = [];
  const startable = new Map<Run, Startable>();
  /** Events that are being processed, and runs that have not ended. */
  const active = new Set<Promise<unknown>>();
  const failures: Error[] = [];
  let stopped = false;

  function complete(run: Run): void {
    const { owner, repo } = run.event;
    host.log(`${owner}/${repo}: ${run.workflow.name} #${run.number} ${run.conclusion ?? ""}`);
    parts.report.run(run, "completed");
  }

  /** To webhooks, and to the workflows that start on other runs. */
  function reportRun(run: Run, action: "requested" | "in_progress" | "completed"): void {
    report.run(run, action);
    const event = workflowRunEvent(host, run, action);
    if (event !== undefined) void track(handle(event));
  }

  function failStartup(run: Run, message: string): void {
    run.status = "completed";
    run.conclusion = "startup_failure";
    run.message = message;
    run.updatedAt = host.now();
  }

  async function work(run: Run, what: Startable, kept: FinishedJobs): Promise<void> {
    try {
      what.finished = await runWorkflow(parts, run, what.workflow, what.inputs, kept);
    } catch (error) {
      // An expression of the workflow itself, such as its concurrency group.
      failStartup(run, messageOf(error));
    }
    complete(run);
  }

  function start(run: Run, what: Startable, kept: FinishedJobs): void {
    // Only after the caller has seen the queued run.
    void track(Promise.resolve().then(() => work(run, what, kept)));
  }

  /** Makes `idle` wait for it, and reports its error. */
  function track<T>(activity: Promise<T>): Promise<T> {
    active.add(activity);
    void activity
      .catch((cause: unknown) => failures.push(new Error("the runner failed", { cause })))
      .finally(() => active.delete(activity));
    return activity;
  }

  function enqueue(event: ActionsEvent, workflow: WorkflowFile, inputs: Record<string, Json>): Run {
    const { path } = workflow.place;
    const refusal = lockRefusal(host, workflow);
    if (refusal !== undefined) return reject(event, path, refusal, workflow.name);
    const run = createRun(parts, index.entry(event.owner, event.repo, path, workflow.name), event);
    const what: Startable = { workflow, inputs, finished: new Map() };
    runs.push(run);
    startable.set(run, what);
    parts.report.run(run, "requested");
    start(run, what, new Map());
    return run;
  }

  function reject(event: ActionsEvent, path: string, message: string, name?: string): Run {
    const run = createRun(parts, index.entry(event.owner, event.repo, path, name), event);
    runs.push(run);
    parts.report.run(run, "requested");
    failStartup(run, message);
    complete(run);
    return run;
  }

  async function consider(event: ActionsEvent, path: string): Promise<Run[]> {
    const { owner, repo, sha } = event;
    if (index.entry(owner, repo, path).state === "disabled_manually") return [];
    // Most events concern few files, and parsing the others takes time.
    const text = host.readFile(owner, repo, sha, path) ?? "";
    if (event.name !== "push" && !text.includes(event.name)) return [];
    const changed = (): readonly string[] => changedBy(host, event);
    try {
      const workflow = await loadWorkflow(host, { owner, repo, sha, path });
      const started = isTriggered(workflow.on, event, changed)
        ? [enqueue(event, workflow, {})]
        : [];
      const missing = event.name === "push" ? neverReported(workflow.on) : [];
      if (missing.length === 0 || !changed().includes(path)) return started;
      const message = `the simulator never starts workflows on ${missing.join(", ")}`;
      return [...started, reject(event, path, message)];
    } catch (error) {
      if (!(error instanceof InvalidWorkflow)) throw error;
      // Reported at each push if it is unreadable, else at the push that changes it, and at each event that would start it.
      const wanted =
        (event.name === "push" && (error.on === undefined || changed().includes(path))) ||
        (error.on !== undefined && isTriggered(error.on, event, changed));
      return wanted ? [reject(event, path, error.message)] : [];
    }
  }

  async function handle(event: ActionsEvent): Promise<Run[]> {
    const repository = stopped ? undefined : host.repository(event.owner, event.repo);
    if (repository === undefined || repository.archived || !repository.policy.enabled) return [];
    if (event.byJobToken === true || isSkipped(host, event)) return [];
    const paths = workflowPaths(host, event.owner, event.repo, event.sha);
    const queued: Run[] = [];
    for (const path of paths) {
      queued.push(...(await consider(event, path)));
    }
    return queued;
  }

  function cancelAll(reason: string): void {
    for (const run of runs) if (run.status !== "completed") forceCancelRun(run, reason);
  }

  return {
    handle: (event) => track(handle(event)),
    async dispatch(event, path, given) {
      const { owner, repo, sha } = event;
      const workflow = await loadForDispatch(parts, { owner, repo, sha, path });
      if (workflow.on.workflow_dispatch === undefined) {
        throw new DispatchRefusal("Workflow does not have 'workflow_dispatch' trigger");
      }
      const { typed, texts } = resolveDispatchInputs(workflow.dispatchInputs, given);
      const payload = { ...event.payload, inputs: texts };
      return enqueue({ ...event, payload }, workflow, typed);
    },
    rerun(run, actor, again, debug) {
      const what = startable.get(run);
      if (what === undefined) return false;
      const kept = keptJobs(what.workflow, what.finished, again);
      resetRun(parts, run, actor, debug);
      start(run, what, kept);
      return true;
    },
    cancel: cancelRun,
    forceCancel: forceCancelRun,
    stop(reason) {
      stopped = true;
      cancelAll(reason);
    },
    async reset(reason) {
      // The end of a run may start others, by `workflow_run`.
      do {
        cancelAll(reason);
        await Promise.allSettled(active);
      } while (active.size > 0);
      failures.length = 0;
      runs.length = 0;
      startable.clear();
    },
    runs: () => runs,
    async idle() {
      while (active.size > 0) await Promise.allSettled(active);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    },
  };
}

async function loadForDispatch({ host }: RunnerParts, place: FilePlace): Promise<WorkflowFile> {
  try {
    return await loadWorkflow(host, place);
  } catch (error) {
    if (error instanceof InvalidWorkflow) throw new DispatchRefusal(error.message);
    throw error;
  }
}

/** Only pushes and pull requests can be skipped by a commit's message. */
function isSkipped(host: ActionsHost, event: ActionsEvent): boolean {
  if (event.name !== "push" && event.name !== "pull_request") return false;
  return asksToSkip(host.commit(event.owner, event.repo, headOf(event).sha).message);
}

/**
 * What path filters look at.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#git-diff-comparisons
 */
function changedBy(host: ActionsHost, event: ActionsEvent) {
  const { owner, repo, sha, payload } = event;
  const { base, head } = subjectsOf(event).pull_request ?? {};
  if (base?.sha !== undefined && head?.sha !== undefined) {
    return host.changedSinceBase(owner, repo, base.sha, head.sha);
  }
  const before = typeof payload.before === "string" ? payload.before : "";
  if (/[^0]/.test(before)) return host.changedFiles(owner, repo, before, sha);
  // A new branch: what is on it and not on the default branch.
  const { defaultBranch = "" } = host.repository(owner, repo) ?? {};
  const trunk = host.resolveRef(owner, repo, `refs/heads/${defaultBranch}`);
  return trunk === undefined || trunk === sha
    ? host.changedFiles(owner, repo, undefined, sha)
    : host.changedSinceBase(owner, repo, trunk, sha);
}
