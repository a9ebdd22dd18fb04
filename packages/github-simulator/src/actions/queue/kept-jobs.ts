import type { WorkflowFile } from "../language/workflow-file.ts";
import { ancestors } from "../run/run-jobs.ts";
import type { JobRecord } from "../records/run-record.ts";
import type { FinishedJobs } from "../run/run-workflow.ts";

/** What another attempt runs again: everything, what did not succeed or one job, each with its dependents. */
export type Again = "all" | "failed" | JobRecord;

/** The jobs of the last attempt that the next one keeps. */
export function keptJobs(
  workflow: WorkflowFile,
  finished: FinishedJobs,
  again: Again,
): FinishedJobs {
  if (again === "all") return new Map();
  const failed = [...finished.values()].filter(({ outcome }) => outcome.result !== "success");
  const repeated = again === "failed" ? failed.map(({ record }) => record) : [again];
  const runsAgain = (record: JobRecord): boolean =>
    repeated.some((each) => each === record || dependsOn(workflow, record.path, each.path));
  return new Map([...finished].filter(([, { record }]) => !runsAgain(record)));
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
