import { actionRefusal } from "../action/action-policy.ts";
import { evaluateToken, isTruthy, type Json, messageOf } from "../language/expression.ts";
import type { CallJob, JobDefinition } from "../language/workflow-file.ts";
import { callWorkflow } from "./call-workflow.ts";
import { untilUnwanted } from "../job/cancellation.ts";
import { createJobRecord, endJob, endUnplanned } from "./job-record.ts";
import { expressionScope, type JobOutcome, type JobScope } from "../job/job-scope.ts";
import { planJobs, type JobPlan } from "./plan-jobs.ts";
import { runInGroup } from "./run-in-group.ts";
import { runJob } from "./run-job.ts";
import type { RunnerParts } from "../job/runner-parts.ts";

/**
 * Runs the jobs of a workflow, each after the jobs that it needs.
 * @returns the outcomes by job id
 */
export async function runJobs(
  parts: RunnerParts,
  scope: JobScope,
): Promise<Map<string, JobOutcome>> {
  const { jobs } = scope.workflow;
  const started = new Map<string, Promise<JobOutcome>>();
  const outcomes = new Map<string, JobOutcome>();
  const start = (job: JobDefinition): Promise<JobOutcome> => {
    const running = started.get(job.id);
    if (running !== undefined) return running;
    const promise = (async () => {
      const needed = jobs.filter((each) => job.needs.includes(each.id));
      await Promise.all(needed.map(start));
      const outcome = await runWhenWanted(parts, scope, job, outcomes);
      outcomes.set(job.id, outcome);
      return outcome;
    })();
    started.set(job.id, promise);
    return promise;
  };
  await Promise.all(jobs.map(start));
  return outcomes;
}

async function runWhenWanted(
  parts: RunnerParts,
  scope: JobScope,
  job: JobDefinition,
  outcomes: ReadonlyMap<string, JobOutcome>,
): Promise<JobOutcome> {
  const needs: Record<string, Json> = Object.fromEntries(
    job.needs.map((id) => [id, { ...(outcomes.get(id) ?? { result: "skipped", outputs: {} }) }]),
  );
  const results = ancestors(scope.workflow.jobs, job).map((id) => outcomes.get(id)?.result);
  const isWanted = (): boolean => {
    const cancelled = scope.signal.aborted;
    const status = {
      success: !cancelled && results.every((result) => result === "success"),
      failure: !cancelled && results.includes("failure"),
      cancelled,
    };
    return isTruthy(evaluateToken(job.condition, { ...expressionScope(scope, { needs }), status }));
  };
  try {
    if (scope.run.forced.signal.aborted || !isWanted()) {
      return endUnplanned(parts, scope, job, scope.signal.aborted ? "cancelled" : "skipped");
    }
    const plans = planJobs(scope, job, needs);
    return await untilUnwanted(scope.run, scope.signal, isWanted, async (signal) =>
      mergeOutcomes(await runPlans(parts, { ...scope, signal }, job, plans)),
    );
  } catch (error) {
    return endUnplanned(parts, scope, job, "failure", messageOf(error));
  }
}

/** All jobs that a job waits for, directly or indirectly: `success()` and `failure()` look at all of them. */
export function ancestors(jobs: readonly JobDefinition[], job: JobDefinition): string[] {
  const found = new Set<string>();
  const visit = (each: JobDefinition | undefined): void => {
    for (const id of each?.needs ?? []) {
      if (found.has(id)) continue;
      found.add(id);
      visit(jobs.find((candidate) => candidate.id === id));
    }
  };
  visit(job);
  return [...found];
}

/** Runs the combinations of a matrix, at most `max-parallel` at once. */
async function runPlans(
  parts: RunnerParts,
  scope: JobScope,
  job: JobDefinition,
  plans: readonly JobPlan[],
): Promise<JobOutcome[]> {
  const failFast = new AbortController();
  const signal = AbortSignal.any([scope.signal, failFast.signal]);
  const waiting = [...plans.entries()];
  const outcomes: JobOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, plan] = next;
      const outcome = await runPlan(parts, { ...scope, signal }, job, plan);
      outcomes[index] = outcome;
      if (outcome.result === "failure" && plan.failFast) failFast.abort();
    }
  };
  const workers = Math.min(plans.length, plans[0]?.maxParallel ?? plans.length);
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

async function runPlan(
  parts: RunnerParts,
  scope: JobScope,
  job: JobDefinition,
  plan: JobPlan,
): Promise<JobOutcome> {
  const kept = scope.kept.get(plan.name);
  if (kept !== undefined && job.kind === "steps") {
    scope.run.jobs.push(kept.record);
    scope.finished.set(plan.name, kept);
    return kept.outcome;
  }
  if (job.kind === "call") return runCall(parts, scope, job, plan);
  const record = createJobRecord(parts, scope, job.id, plan.name, plan.labels);
  const outcome = await runInGroup(parts, scope, {
    concurrency: job.token.find("concurrency"),
    contexts: plan.contexts,
    onWait: () => {
      record.status = "pending";
    },
    onRefusal: (reason, result) => endJob(parts, record, result, reason),
    run: ({ signal }) => runJob(parts, scope, job, plan, record, signal),
  });
  scope.finished.set(plan.name, { record, outcome });
  parts.report.job(scope.run, record, "completed");
  const forgiven = outcome.result === "failure" && plan.continueOnError;
  return forgiven ? { ...outcome, result: "success" } : outcome;
}

/** Runs a reusable workflow: it waits for the calling job's group, then for its own. */
function runCall(
  parts: RunnerParts,
  scope: JobScope,
  job: CallJob,
  plan: JobPlan,
): Promise<JobOutcome> {
  const wait = {
    onRefusal: (reason: string, result: "cancelled" | "failure") =>
      endJob(parts, createJobRecord(parts, scope, job.id, plan.name), result, reason),
  };
  const runCalled = async (calling: JobScope): Promise<JobOutcome> => {
    const refusal = actionRefusal(parts.host, scope.run.event, [job.uses]);
    if (refusal !== undefined) return wait.onRefusal(refusal, "failure");
    const called = callWorkflow(parts.host, calling, job, plan);
    return runInGroup(parts, called.scope, {
      ...wait,
      concurrency: job.called.concurrency,
      run: async (inner) => {
        const outcomes = await runJobs(parts, inner);
        const results = [...outcomes.values()].map(({ result }) => result);
        return { result: worst(results), outputs: called.outputs(outcomes) };
      },
    });
  };
  return runInGroup(parts, scope, {
    ...wait,
    concurrency: job.token.find("concurrency"),
    contexts: plan.contexts,
    run: runCalled,
  });
}

function mergeOutcomes(outcomes: readonly JobOutcome[]): JobOutcome {
  return {
    result: worst(outcomes.map(({ result }) => result)),
    outputs: Object.assign({}, ...outcomes.map(({ outputs }) => outputs)) as Record<string, string>,
  };
}

/** The combined result of several jobs. */
export function worst(results: readonly JobOutcome["result"][]): JobOutcome["result"] {
  if (results.includes("failure")) return "failure";
  if (results.includes("cancelled")) return "cancelled";
  return results.length > 0 && results.every((each) => each === "skipped") ? "skipped" : "success";
}
