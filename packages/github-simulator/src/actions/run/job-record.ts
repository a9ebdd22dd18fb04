import type { ActionsHost, PreparedJob } from "../host/actions-host.ts";
import type { JobOutcome, JobScope } from "../job/job-scope.ts";
import type { RunnerParts } from "../job/runner-parts.ts";
import { isBasicExpression } from "../language/github-language.ts";
import { literalText } from "../language/scalars.ts";
import type { JobDefinition, WorkflowFile } from "../language/workflow-file.ts";
import { createJobLog, createMask } from "../records/job-log.ts";
import type { JobRecord } from "../records/run-record.ts";

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
  };
  scope.run.jobs.push(record);
  return record;
}

/** Ends a job that never got a runner. @param message why it failed or was cancelled */
export function endJob(
  parts: RunnerParts,
  record: JobRecord,
  result: "failure" | "cancelled" | "skipped",
  message?: string,
): JobOutcome {
  if (message !== undefined) {
    record.log.write(`##[error]${message}`);
    record.annotations.push({
      ...{ level: "failure", title: "", message: record.mask.apply(message), path: ".github" },
      ...{ startLine: 1, endLine: 1, startColumn: null, endColumn: null },
    });
  }
  record.status = "completed";
  record.conclusion = result;
  record.startedAt ??= parts.host.now();
  record.completedAt = parts.host.now();
  return { result, outputs: {} };
}

/**
 * A job that is not planned: it is skipped, or its matrix, name or condition cannot be evaluated. Its name
 * is the one in the file, with its expressions.
 */
export function endUnplanned(
  parts: RunnerParts,
  scope: JobScope,
  { id, token }: JobDefinition,
  result: "failure" | "cancelled" | "skipped",
  message?: string,
): JobOutcome {
  const name = token.find("name");
  const text = name !== undefined && isBasicExpression(name) ? name.source : literalText(name);
  const record = createJobRecord(parts, scope, id, `${scope.prefix}${text || id}`);
  const outcome = endJob(parts, record, result, message);
  parts.report.job(scope.run, record, "completed");
  return outcome;
}

/** Details of a job that starts; it receives the secrets that its workflow file names. */
export function preparedJob(
  host: ActionsHost,
  { run, workflow, prefix }: JobScope,
  record: JobRecord,
  available: Readonly<Record<string, string>>,
  environment: string | undefined,
): PreparedJob {
  const { owner, repo, ref } = run.event;
  const own = `${owner}/${repo}/${run.workflow.path}@${ref}`;
  const isCalled = prefix !== "";
  return {
    owner,
    repo,
    runId: run.id,
    name: record.name,
    actor: run.triggeredBy,
    workflowRef: isCalled ? refOf(workflow, run.event) : own,
    callingWorkflowRefs: isCalled ? [own] : [],
    secretsPassed: namedSecrets(host, workflow, Object.keys(available)),
    environment,
  };
}

/** `job.workflow_ref` and the other parts of the job context that name the file of the job. */
export function workflowIdentity({ run, workflow }: JobScope): Readonly<Record<string, string>> {
  const { owner, repo, sha, path } = workflow.place;
  return {
    workflow_ref: refOf(workflow, run.event),
    workflow_sha: sha,
    workflow_repository: `${owner}/${repo}`,
    workflow_file_path: path,
  };
}

/** A file from the run's own commit is shown with the run's ref, others with the ref that they are called at. */
function refOf({ place }: WorkflowFile, event: { ref: string }): string {
  return `${place.owner}/${place.repo}/${place.path}@${place.ref ?? event.ref}`;
}

function namedSecrets(
  host: ActionsHost,
  { place }: WorkflowFile,
  available: readonly string[],
): string[] {
  const text = host.readFile(place.owner, place.repo, place.sha, place.path) ?? "";
  const all = /toJSON\(\s*secrets\s*\)|secrets\[/i.test(text);
  return available.filter(
    (name) =>
      name !== "github_token" && (all || new RegExp(`secrets\\.${name}\\b`, "i").test(text)),
  );
}
