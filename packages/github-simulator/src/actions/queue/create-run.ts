import { type ActionsEvent, subjectsOf } from "../host/actions-event.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import { secretsOf } from "../job/secrets-of-run.ts";
import type { Run } from "../records/run-record.ts";
import type { RunnerParts } from "../job/runner-parts.ts";
import type { WorkflowEntry } from "../records/workflow-index.ts";

/** A queued run, with the secrets and variables at this moment. */
export function createRun(
  { host, nextId }: RunnerParts,
  entry: WorkflowEntry,
  event: ActionsEvent,
): Run {
  entry.runs += 1;
  return {
    id: nextId(),
    number: entry.runs,
    workflow: { id: entry.id, name: entry.name, path: entry.path },
    event,
    repositoryId: entry.repositoryId,
    title: eventTitle(host, event, entry.name),
    createdAt: host.now(),
    attempt: 1,
    previous: [],
    artifacts: [],
    attestations: [],
    ...newAttempt(host, event, event.actor),
  };
}

/** What differs between attempts, with the secrets and variables at this moment. */
function newAttempt(host: ActionsHost, event: ActionsEvent, triggeredBy: string) {
  const now = host.now();
  return {
    triggeredBy,
    debug: false,
    secrets: secretsOf(host, event),
    variables: host.variablesFor(event.owner, event.repo),
    status: "queued" as const,
    conclusion: undefined,
    message: undefined,
    startedAt: now,
    updatedAt: now,
    jobs: [],
    abort: new AbortController(),
    forced: new AbortController(),
  };
}

/** Prepares a run for another attempt. */
export function resetRun({ host }: RunnerParts, run: Run, actor: string, debug: boolean): void {
  run.previous.push({ ...run });
  Object.assign(run, newAttempt(host, run.event, actor), { attempt: run.attempt + 1, debug });
}

/** GitHub's title for a run without `run-name`. */
function eventTitle(host: ActionsHost, event: ActionsEvent, workflow: string): string {
  const { name, owner, repo, sha } = event;
  const { pull_request: pull, issue, release, action } = subjectsOf(event);
  if (name.startsWith("pull_request")) return pull?.title ?? workflow;
  if (name.startsWith("issue")) return issue?.title ?? workflow;
  if (name === "release") return release?.name || (release?.tag_name ?? workflow);
  if (name === "repository_dispatch") return action ?? workflow;
  if (/^(workflow_|schedule$|label$|milestone$|public$)/.test(name)) return workflow;
  return host.commit(owner, repo, sha).message.split("\n")[0] || workflow;
}
