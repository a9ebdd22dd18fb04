import { evaluateToken, toText, type ExpressionScope, type Json } from "../language/expression.ts";
import type { WorkflowFile } from "../language/workflow-file.ts";
import { githubContext } from "../job/github-context.ts";
import { expressionScope, type JobOutcome, type JobScope } from "../job/job-scope.ts";
import { groupKey, readConcurrency } from "./run-in-group.ts";
import { runJobs, worst } from "./run-jobs.ts";
import type { JobRecord, Run } from "../records/run-record.ts";
import type { RunnerParts } from "../job/runner-parts.ts";
import { byPrecedence } from "../job/scoped-values.ts";

export type FinishedJobs = Map<string, { record: JobRecord; outcome: JobOutcome }>;

/**
 * Runs one attempt of a run, when its concurrency group allows it.
 * @param kept jobs of an earlier attempt that do not run again
 * @returns the jobs that finished, for a later attempt to keep
 */
export async function runWorkflow(
  parts: RunnerParts,
  run: Run,
  workflow: WorkflowFile,
  inputs: Readonly<Record<string, Json>>,
  kept: FinishedJobs,
): Promise<FinishedJobs> {
  const scope = openScope(parts, run, workflow, inputs, kept);
  const concurrency =
    workflow.concurrency === undefined
      ? undefined
      : readConcurrency(workflow.concurrency, expressionScope(scope));
  const group = concurrency?.group ?? "";
  const key = groupKey(run.event, group);
  const member = { group, cancel: (reason: string) => cancelRun(run, reason) };
  const leave = (): void => parts.groups.leave(key, member);
  try {
    if (concurrency !== undefined) {
      run.status = "pending";
      run.abort.signal.addEventListener("abort", leaveIfPending, { once: true });
      if (!(await parts.groups.enter(key, member, concurrency))) {
        finish(parts, run, "cancelled");
        return scope.finished;
      }
      run.status = "queued";
    }
    const heldGroups = concurrency === undefined ? [] : [key];
    const outcomes = await runJobs(parts, { ...scope, heldGroups });
    const result = worst([...outcomes.values()].map((outcome) => outcome.result));
    finish(parts, run, run.abort.signal.aborted && result !== "failure" ? "cancelled" : result);
  } finally {
    if (concurrency !== undefined) leave();
  }
  return scope.finished;

  function leaveIfPending(): void {
    if (run.status === "pending") leave();
  }
}

/** Cancels a run: running jobs are stopped, and waiting ones do not start, except with `always()`. */
export function cancelRun(run: Run, reason: string): void {
  run.message ??= reason;
  run.abort.abort();
}

/** Cancels a run, and stops also what has `always()`. */
export function forceCancelRun(run: Run, reason: string): void {
  cancelRun(run, reason);
  run.forced.abort();
}

/** The title that people see: `run-name`, or one from the event. */
export function runTitle(
  { runName }: WorkflowFile,
  contexts: ExpressionScope["contexts"],
  fallback: string,
): string {
  if (runName === undefined) return fallback;
  const title = toText(evaluateToken(runName, { contexts }));
  return title.trim() || fallback;
}

function openScope(
  parts: RunnerParts,
  run: Run,
  workflow: WorkflowFile,
  inputs: Readonly<Record<string, Json>>,
  kept: FinishedJobs,
): JobScope {
  const repository = parts.host.repository(run.event.owner, run.event.repo);
  if (repository === undefined) throw new Error("the repository is gone");
  return {
    run,
    workflow,
    prefix: "",
    callers: [],
    github: githubContext(parts.host, run, repository, workflow),
    inputs,
    secrets: byPrecedence(run.secrets),
    variables: byPrecedence(run.variables),
    limit: undefined,
    kept,
    finished: new Map(),
    heldGroups: [],
    signal: run.abort.signal,
  };
}

function finish(parts: RunnerParts, run: Run, conclusion: NonNullable<Run["conclusion"]>): void {
  run.status = "completed";
  run.conclusion = conclusion;
  run.updatedAt = parts.host.now();
}
