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
  const { owner, repo, ref, sha } = run.event;
  const own = `${owner}/${repo}/${run.workflow.path}@${ref}`;
  const isCalled = prefix !== "";
  return {
    owner,
    repo,
    runId: run.id,
    name: record.name,
    actor: run.triggeredBy,
    workflowRef: isCalled ? refOf(workflow, { owner, repo, sha, ref }) : own,
    callingWorkflowRefs: isCalled ? [own] : [],
    secretsPassed: namedSecrets(host, workflow, Object.keys(available)),
    environment,
  };
}

/** A file from the run's own commit is shown with the run's ref, others with their commit. */
function refOf(
  { place }: WorkflowFile,
  event: { owner: string; repo: string; sha: string; ref: string },
): string {
  const isOwn = place.owner === event.owner && place.repo === event.repo && place.sha === event.sha;
  return `${place.owner}/${place.repo}/${place.path}@${isOwn ? event.ref : place.sha}`;
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
