import { isBasicExpression } from "../language/github-language.ts";
import { literalText } from "../language/literal-text.ts";
import type { JobDefinition } from "../language/workflow-file.ts";
import { createJobLog } from "../records/job-log.ts";
import type { JobOutcome, JobScope } from "../job/job-scope.ts";
import { createMask } from "../records/mask.ts";
import type { JobRecord } from "../records/run-record.ts";
import type { RunnerParts } from "../job/runner-parts.ts";

/** Adds a queued job to the run; its log masks all secrets of the scope from the start. */
export function createJobRecord(
  parts: RunnerParts,
  scope: JobScope,
  key: string,
  name: string,
  labels: readonly string[] = [],
): JobRecord {
  const mask = createMask();
  for (const secret of Object.values(scope.secrets)) mask.add(secret);
  const record: JobRecord = {
    id: parts.nextId(),
    name: mask.apply(name),
    path: [...scope.callers, key],
    labels,
    mask,
    log: createJobLog(() => parts.host.now(), mask),
    createdAt: parts.host.now(),
    status: "queued",
    conclusion: undefined,
    startedAt: undefined,
    completedAt: undefined,
    permissions: {},
    steps: [],
    annotations: [],
    summary: "",
    actionsUsed: [],
  };
  scope.run.jobs.push(record);
  return record;
}

/** Ends a job that never got a runner. */
export function endJob(
  parts: RunnerParts,
  record: JobRecord,
  result: "failure" | "cancelled",
  message: string,
): JobOutcome {
  record.log.write(`##[error]${message}`);
  record.annotations.push({
    level: "failure",
    title: "",
    message: record.mask.apply(message),
    path: ".github",
    startLine: 1,
    endLine: 1,
    startColumn: null,
    endColumn: null,
  });
  record.status = "completed";
  record.conclusion = result;
  record.startedAt ??= parts.host.now();
  record.completedAt = parts.host.now();
  return { result, outputs: {} };
}

/** The name of a job that is not planned: as it stands in the file, with its expressions. */
export function unplannedName({ prefix }: JobScope, { id, token }: JobDefinition): string {
  const name = token.find("name");
  const text = name !== undefined && isBasicExpression(name) ? name.source : literalText(name);
  return `${prefix}${text || id}`;
}

/** A job whose matrix, name or condition cannot be evaluated. */
export function rejectJob(
  parts: RunnerParts,
  scope: JobScope,
  job: JobDefinition,
  message: string,
): JobOutcome {
  const record = createJobRecord(parts, scope, job.id, unplannedName(scope, job));
  const outcome = endJob(parts, record, "failure", message);
  parts.report.job(scope.run, record, "completed");
  return outcome;
}
