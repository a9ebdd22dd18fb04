import type { WorkflowFile } from "../language/workflow-file.ts";
import { ancestors } from "../run/run-jobs.ts";
import type { JobRecord } from "../records/run-record.ts";
import type { FinishedJobs } from "../run/run-workflow.ts";

/** What another attempt runs again: everything, what did not succeed, or one job and its dependents. */
export type Again = "all" | "failed" | JobRecord;

/** The jobs of the last attempt that the next one keeps. */
export function keptJobs(
  workflow: WorkflowFile,
  finished: FinishedJobs,
  again: Again,
): FinishedJobs {
  const kept = [...finished].filter(([, { record, outcome }]) => {
    if (again === "all") return false;
    if (again === "failed") return outcome.result === "success";
    return record !== again && !dependsOn(workflow, record.path, again.path);
  });
  return new Map(kept);
}

/** Whether a job needs another one, directly or indirectly; both by their ids through all called workflows. */
function dependsOn(
  { jobs }: WorkflowFile,
  [id, ...inner]: readonly string[],
  [wanted, ...deeper]: readonly string[],
): boolean {
  const job = jobs.find((each) => each.id === id);
  if (job === undefined || wanted === undefined) return false;
  if (id !== wanted) return ancestors(jobs, job).includes(wanted);
  return job.kind === "call" && dependsOn(job.called, inner, deeper);
}
