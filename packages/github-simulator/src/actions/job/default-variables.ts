import { dirname } from "node:path";
import type { JobFolders } from "../action/known-action.ts";
import { isByDependabot, isFromFork, refName, subjectsOf } from "../host/actions-event.ts";
import type { ActionsHost, ActionsRepository } from "../host/actions-host.ts";
import { type Json, toText } from "../language/expression.ts";
import type { WorkflowFile } from "../language/workflow-file.ts";
import type { Run } from "../records/run-record.ts";

/**
 * The `github` context before a job has a runner: without token, workspace and the like.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
 */
export function githubContext(
  host: ActionsHost,
  run: Run,
  repository: ActionsRepository,
  workflow: WorkflowFile,
): Record<string, Json> {
  const { event } = run;
  const { pull_request: pull } = subjectsOf(event);
  const fullName = `${repository.owner}/${repository.name}`;
  const { place } = workflow;
  return {
    actor: event.actor,
    actor_id: actorId(host, event.actor),
    api_url: host.apiUrl,
    base_ref: pull?.base?.ref ?? "",
    event: event.payload,
    event_name: event.name,
    graphql_url: `${host.apiUrl}/graphql`,
    head_ref: pull?.head?.ref ?? "",
    ref: event.ref,
    ref_name: refName(event.ref),
    ref_protected:
      event.ref.startsWith("refs/heads/") &&
      host.isProtected(event.owner, event.repo, refName(event.ref)),
    ref_type: event.ref.startsWith("refs/tags/") ? "tag" : "branch",
    repository: fullName,
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(repository.ownerId),
    repository_visibility: repository.visibility,
    repositoryUrl: `git:${host.serverUrl.replace(/^https?:/, "")}/${fullName}.git`,
    retention_days: "90",
    run_attempt: String(run.attempt),
    run_id: String(run.id),
    run_number: String(run.number),
    secret_source: isFromFork(event) ? "None" : isByDependabot(event) ? "Dependabot" : "Actions",
    server_url: host.serverUrl,
    sha: event.sha,
    triggering_actor: run.triggeredBy,
    workflow: run.workflow.name,
    workflow_ref: `${place.owner}/${place.repo}/${place.path}@${event.ref}`,
    workflow_sha: place.sha,
  };
}

function actorId(host: ActionsHost, login: string): string {
  const { id } = host.renderUser(login);
  return typeof id === "number" ? String(id) : "";
}

/** Parts of the context that are not in the environment. */
const NO_VARIABLES = new Set([
  "event",
  "repository_visibility",
  "repositoryUrl",
  "secret_source",
  "token",
]);

/**
 * The `GITHUB_*` variables that a step gets from the context.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/GitHubContext.cs
 */
export function githubVariables(github: Readonly<Record<string, Json>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(github)
      .filter(([name]) => !NO_VARIABLES.has(name))
      .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, toText(value)]),
  );
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#runner-context */
export function runnerContext(folders: JobFolders, arch: string): Record<string, Json> {
  return {
    name: "Simulated runner",
    os: "Linux",
    arch,
    environment: "github-hosted",
    temp: folders.temp,
    tool_cache: folders.toolCache,
    workspace: dirname(folders.workspace),
  };
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables */
export function runnerVariables(
  github: Readonly<Record<string, Json>>,
  folders: JobFolders,
  arch: string,
): Record<string, string> {
  return {
    ...githubVariables(github),
    CI: "true",
    GITHUB_ACTIONS: "true",
    HOME: folders.home,
    LANG: "C.UTF-8",
    RUNNER_ARCH: arch,
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_NAME: "Simulated runner",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: folders.toolCache,
    RUNNER_WORKSPACE: dirname(folders.workspace),
  };
}
