import type { ActionsEvent } from "../host/actions-event.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import type { Json } from "../language/expression.ts";
import type { WorkflowFile } from "../language/workflow-file.ts";
import { secretsOf } from "../job/dependabot-limits.ts";
import { githubContext } from "../job/github-context.ts";
import type { Run } from "../records/run-record.ts";
import type { RunnerParts } from "../job/runner-parts.ts";
import { byPrecedence } from "../job/scoped-values.ts";
import { runTitle } from "../run/run-workflow.ts";
import type { WorkflowEntry } from "../records/workflow-index.ts";

/** A queued run, with the secrets and variables at this moment. */
export function createRun(
  { host, nextId }: RunnerParts,
  entry: WorkflowEntry,
  event: ActionsEvent,
): Run {
  entry.runs += 1;
  const now = host.now();
  return {
    id: nextId(),
    number: entry.runs,
    workflow: { id: entry.id, name: entry.name, path: entry.path },
    event,
    repositoryId: entry.repositoryId,
    title: eventTitle(host, event, entry.name),
    createdAt: now,
    secrets: secretsOf(host, event),
    variables: host.variablesFor(event.owner, event.repo),
    attempt: 1,
    debug: false,
    triggeredBy: event.actor,
    status: "queued",
    conclusion: undefined,
    startedAt: now,
    updatedAt: now,
    message: undefined,
    jobs: [],
    previous: [],
    artifacts: [],
    attestations: [],
    abort: new AbortController(),
    forced: new AbortController(),
  };
}

/** GitHub's title for a run without `run-name`. */
function eventTitle(host: ActionsHost, event: ActionsEvent, workflow: string): string {
  const { payload } = event;
  switch (event.name) {
    case "pull_request":
    case "pull_request_target":
    case "pull_request_review":
      return (payload.pull_request as { title?: string } | undefined)?.title ?? workflow;
    case "release": {
      const release = payload.release as { name?: string; tag_name?: string } | undefined;
      return release?.name || (release?.tag_name ?? workflow);
    }
    case "issues":
    case "issue_comment":
      return (payload.issue as { title?: string } | undefined)?.title ?? workflow;
    case "repository_dispatch":
      return typeof payload.action === "string" ? payload.action : workflow;
    case "workflow_dispatch":
    case "schedule":
    case "workflow_run":
    case "label":
    case "milestone":
    case "public":
      return workflow;
    default: {
      const message = host.commit(event.owner, event.repo, event.sha).message;
      return message.split("\n")[0] || workflow;
    }
  }
}

/** Prepares a run for another attempt, with the secrets at this moment. */
export function resetRun({ host }: RunnerParts, run: Run, actor: string, debug: boolean): void {
  run.previous.push({ ...run });
  run.attempt += 1;
  run.debug = debug;
  run.triggeredBy = actor;
  run.status = "queued";
  run.conclusion = undefined;
  run.message = undefined;
  run.startedAt = run.updatedAt = host.now();
  run.secrets = secretsOf(host, run.event);
  run.variables = host.variablesFor(run.event.owner, run.event.repo);
  run.jobs = [];
  run.abort = new AbortController();
  run.forced = new AbortController();
}

/** Gives a run the title from its `run-name`. @throws ExpressionFailure */
export function nameRun(
  { host }: RunnerParts,
  run: Run,
  workflow: WorkflowFile,
  inputs: Readonly<Record<string, Json>>,
): void {
  const repository = host.repository(run.event.owner, run.event.repo);
  if (repository === undefined) return;
  const contexts = {
    github: githubContext(host, run, repository, workflow),
    inputs,
    vars: byPrecedence(run.variables),
  };
  run.title = runTitle(workflow, contexts, run.title);
}
