import type { ActionsHost, PreparedJob } from "../host/actions-host.ts";
import type { WorkflowFile } from "../language/workflow-file.ts";
import type { JobScope } from "../job/job-scope.ts";
import type { JobRecord } from "../records/run-record.ts";

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
