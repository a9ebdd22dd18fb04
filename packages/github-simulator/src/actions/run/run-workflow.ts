import { evaluateToken, toText, type Json } from "../language/expression.ts";
import type { WorkflowFile } from "../language/workflow-file.ts";
import { githubContext } from "../job/default-variables.ts";
import { expressionScope, type JobOutcome, type JobScope } from "../job/job-scope.ts";
import { runInGroup } from "./run-in-group.ts";
import { runJobs, worst } from "./run-jobs.ts";
import type { JobRecord, Run } from "../records/run-record.ts";
import type { RunnerParts } from "../job/runner-parts.ts";
import { byPrecedence } from "../job/secrets-of-run.ts";

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
  if (workflow.runName !== undefined) {
    run.title = toText(evaluateToken(workflow.runName, expressionScope(scope))).trim() || run.title;
  }
  run.conclusion = await runInGroup<Run["conclusion"]>(parts, scope, {
    concurrency: workflow.concurrency,
    onWait() {
      run.status = "pending";
    },
    onReplaced: (reason) => cancelRun(run, reason),
    onRefusal(reason, result) {
      if (result === "failure") throw new Error(reason);
      run.message ??= reason;
      return result;
    },
    async run(inner) {
      run.status = "queued";
      const outcomes = await runJobs(parts, inner);
      const result = worst([...outcomes.values()].map((outcome) => outcome.result));
      return run.abort.signal.aborted && result !== "failure" ? "cancelled" : result;
    },
  });
  run.status = "completed";
  run.updatedAt = parts.host.now();
  return scope.finished;
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
