import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { headOf } from "../host/actions-event.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import type { Annotation, Artifact, JobRecord, Run } from "./run-record.ts";
import type { WorkflowEntry } from "./workflow-index.ts";

/*
 * Answers of GitHub's REST API; a test checks them against its OpenAPI description.
 * https://docs.github.com/en/rest/actions
 */

export function renderWorkflow(host: ActionsHost, entry: WorkflowEntry): object {
  const { path } = entry;
  const { owner, repo } = placeOf(host, entry);
  const branch = host.repository(owner, repo)?.defaultBranch ?? "main";
  const page = `${host.serverUrl}/${owner}/${repo}`;
  return {
    id: entry.id,
    node_id: nodeId("W", entry.id),
    name: entry.name,
    path,
    state: entry.state,
    created_at: seconds(entry.createdAt),
    updated_at: seconds(entry.updatedAt),
    url: `${repoUrl(host, owner, repo)}/actions/workflows/${entry.id}`,
    html_url: `${page}/blob/${branch}/${path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(entry.name)}/badge.svg`,
  };
}

export function renderRun(host: ActionsHost, run: Run): object {
  const { owner, repo } = placeOf(host, run.event);
  const head = headOf(run.event);
  const root = repoUrl(host, owner, repo);
  const url = `${root}/actions/runs/${run.id}`;
  const repository = host.renderRepository(owner, repo);
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: nodeId("WFR", run.id),
    check_suite_id: run.id,
    check_suite_node_id: nodeId("CS", run.id),
    head_branch: head.branch,
    head_sha: head.sha,
    path: run.workflow.path,
    display_title: run.title,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event.name,
    status: run.status,
    conclusion: run.conclusion ?? null,
    workflow_id: run.workflow.id,
    url,
    html_url: runPage(host, run),
    pull_requests: [],
    created_at: seconds(run.createdAt),
    updated_at: seconds(run.updatedAt),
    run_started_at: seconds(run.startedAt),
    actor: host.renderUser(run.event.actor),
    triggering_actor: host.renderUser(run.triggeredBy),
    referenced_workflows: [],
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${root}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${root}/actions/workflows/${run.workflow.id}`,
    head_commit: renderCommit(host, run),
    repository,
    head_repository: repository,
  };
}

export function renderJob(host: ActionsHost, run: Run, job: JobRecord): object {
  const { owner, repo } = placeOf(host, run.event);
  const head = headOf(run.event);
  const root = repoUrl(host, owner, repo);
  const hasRunner = job.startedAt !== undefined && job.steps.length > 0;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflow.name,
    head_branch: head.branch,
    run_url: `${root}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    node_id: nodeId("CR", job.id),
    head_sha: head.sha,
    url: `${root}/actions/jobs/${job.id}`,
    html_url: `${runPage(host, run)}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion ?? null,
    created_at: seconds(job.createdAt),
    started_at: seconds(job.startedAt ?? job.createdAt),
    completed_at: job.completedAt === undefined ? null : seconds(job.completedAt),
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion ?? null,
      number: step.number,
      started_at: step.startedAt === undefined ? null : seconds(step.startedAt),
      completed_at: step.completedAt === undefined ? null : seconds(step.completedAt),
    })),
    check_run_url: `${root}/check-runs/${job.id}`,
    labels: job.labels,
    runner_id: hasRunner ? 1 : null,
    runner_name: hasRunner ? "Simulated runner" : null,
    runner_group_id: hasRunner ? 1 : null,
    runner_group_name: hasRunner ? "GitHub Actions" : null,
  };
}

export function renderAnnotation(host: ActionsHost, run: Run, annotation: Annotation): object {
  const { owner, repo } = placeOf(host, run.event);
  const { sha } = run.event;
  return {
    path: annotation.path,
    blob_href: `${host.serverUrl}/${owner}/${repo}/blob/${sha}/${annotation.path}`,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: "",
  };
}

export function renderArtifact(host: ActionsHost, run: Run, artifact: Artifact): object {
  const { owner, repo } = placeOf(host, run.event);
  const head = headOf(run.event);
  const url = `${repoUrl(host, owner, repo)}/actions/artifacts/${artifact.id}`;
  const repositoryId = host.repository(owner, repo)?.id;
  const sizes = Object.values(artifact.files).map((file) => file.length);
  return {
    id: artifact.id,
    node_id: nodeId("ART", artifact.id),
    name: artifact.name,
    size_in_bytes: sizes.reduce((sum, size) => sum + size, 0),
    url,
    archive_download_url: `${url}/zip`,
    digest: `sha256:${createHash("sha256").update(zipArtifact(artifact)).digest("hex")}`,
    expired: artifact.expiresAt <= host.now(),
    created_at: seconds(artifact.createdAt),
    updated_at: seconds(artifact.createdAt),
    expires_at: seconds(artifact.expiresAt),
    workflow_run: {
      id: run.id,
      repository_id: repositoryId,
      head_repository_id: repositoryId,
      head_branch: head.branch,
      head_sha: head.sha,
    },
  };
}

export function runPage(host: ActionsHost, run: Run): string {
  const { owner, repo } = placeOf(host, run.event);
  return `${host.serverUrl}/${owner}/${repo}/actions/runs/${run.id}`;
}

export function repoUrl(host: ActionsHost, owner: string, repo: string): string {
  return `${host.apiUrl}/repos/${owner}/${repo}`;
}

/** The current name: after a rename, old links would work only through a redirect. */
function placeOf(host: ActionsHost, { owner, repo }: { owner: string; repo: string }) {
  const found = host.repository(owner, repo);
  return { owner: found?.owner ?? owner, repo: found?.name ?? repo };
}

function renderCommit(host: ActionsHost, run: Run): object {
  const { owner, repo } = placeOf(host, run.event);
  const { sha } = headOf(run.event);
  const { treeId, message, date, author } = host.commit(owner, repo, sha);
  return { id: sha, tree_id: treeId, message, timestamp: seconds(date), author, committer: author };
}

/** GitHub's times have no fractions of a second. */
function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** The archive that people download: always the same bytes. */
export function zipArtifact({ files, createdAt }: Artifact): Uint8Array {
  return zipSync({ ...files }, { mtime: createdAt });
}
