import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";

export interface RunPlace {
  readonly owner: string;
  readonly repository: string;
}

/** The newest attempt of a workflow run. */
export interface CiRun {
  /** Higher for a later run. */
  readonly id: number;
  /** 1, plus one for each repetition. */
  readonly attempt: number;
  /** What started it: `push`, `schedule`, … */
  readonly event: string;
  /** The commit that it builds. */
  readonly head: string;
  /** `queued`, `in_progress`, `waiting` for an approval, …; `completed` when it has ended. */
  readonly status: string;
  /** `success`, `failure`, `cancelled`, …; absent while it is queued or running. */
  readonly conclusion: string | undefined;
  /** ISO-8601: when the attempt was queued, and its secrets were read. */
  readonly startedAt: string;
  readonly url: string;
}

export interface RunJob {
  readonly id: number;
  readonly name: string;
  /** `queued` while it waits for a runner, `completed` when it has ended, … */
  readonly status: string;
  /** Of the runner that it asks for. */
  readonly labels: readonly string[];
  readonly conclusion: string | undefined;
  readonly url: string | undefined;
  readonly steps: readonly { readonly name: string; readonly conclusion: string | undefined }[];
}

const runSchema = z.object({
  id: z.int(),
  run_attempt: z.int().default(1),
  event: z.string(),
  head_sha: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  created_at: z.string(),
  run_started_at: z.string().nullish(),
  html_url: z.string(),
});

const jobsSchema = z.object({
  jobs: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      status: z.string(),
      labels: z.array(z.string()).default([]),
      conclusion: z.string().nullable(),
      html_url: z.string().nullable(),
      steps: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })).default([]),
    }),
  ),
});

/** One run in an answer takes about 12 kB. */
const listed = 10;

export interface BranchRunQuery {
  /** Name of the workflow file: `ci.yml`. */
  readonly file: string;
  readonly branch: string;
  /** Only runs that it started. */
  readonly event?: string;
  /** Only runs of this one. */
  readonly commit?: string;
}

/**
 * The newest runs of a workflow on a branch, newest first.
 *
 * @returns none where the repository has no such workflow
 * @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
 */
export async function readBranchRuns(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  { file, branch, event, commit }: BranchRunQuery,
): Promise<CiRun[]> {
  const route = "GET /repos/{owner}/{repo}/actions/workflows/{file}/runs";
  try {
    const query = {
      ...{ owner, repo, file, branch, per_page: listed },
      ...(event !== undefined && { event }),
      ...(commit !== undefined && { head_sha: commit }),
    };
    const answer = await github.request(route, query);
    const parsed = parseAnswer(z.object({ workflow_runs: z.array(runSchema) }), answer.data, route);
    return parsed.workflow_runs.map(toRun).sort((a, b) => b.id - a.id);
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return [];
    throw error;
  }
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
export async function readRun(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  id: number,
): Promise<CiRun> {
  const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
  const { data } = await github.request(route, { owner, repo, run_id: id });
  return toRun(parseAnswer(runSchema, data, route));
}

/** @see https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run */
export async function readRunJobs(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  id: number,
): Promise<RunJob[]> {
  const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs";
  const { data } = await github.request(route, { owner, repo, run_id: id, per_page: 100 });
  return parseAnswer(jobsSchema, data, route).jobs.map((job) => ({
    id: job.id,
    name: job.name,
    status: job.status,
    labels: job.labels,
    conclusion: job.conclusion ?? undefined,
    url: job.html_url ?? undefined,
    steps: job.steps.map(({ name, conclusion }) => ({ name, conclusion: conclusion ?? undefined })),
  }));
}

const annotationsSchema = z.array(
  z.object({ annotation_level: z.string().nullable(), message: z.string().nullable() }),
);

/**
 * Why a job failed, in the words of its steps and of GitHub. The check run of a job has the job's id.
 *
 * @see https://docs.github.com/en/rest/checks/runs#list-check-run-annotations
 */
export async function readJobAnnotations(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  job: number,
): Promise<string[]> {
  const route = "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations";
  const { data } = await github.request(route, { owner, repo, check_run_id: job });
  return parseAnswer(annotationsSchema, data, route).flatMap(({ annotation_level, message }) =>
    annotation_level === "failure" && message ? [message] : [],
  );
}

/**
 * Repeats all jobs; GitHub allows it for 30 days, and reads the secrets again.
 *
 * @see https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 */
export async function repeatRun(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  id: number,
): Promise<void> {
  const route = "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun";
  await github.request(route, { owner, repo, run_id: id });
}

/**
 * Starts a workflow by hand.
 *
 * @param file e.g. `smoke.yml`
 * @param ref branch or tag
 * @returns the id of the run
 * @see https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export async function dispatchRun(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  file: string,
  ref: string,
): Promise<number> {
  const route = "POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches";
  // The newer version has no such parameter, and always answers with the run.
  const asks = github.apiVersion === "2022-11-28" && { return_run_details: true };
  const answer = await github.request(route, { owner, repo, file, ref, ...asks });
  return parseAnswer(z.object({ workflow_run_id: z.int() }), answer.data, route).workflow_run_id;
}

function toRun(run: z.infer<typeof runSchema>): CiRun {
  return {
    id: run.id,
    attempt: run.run_attempt,
    event: run.event,
    head: run.head_sha,
    status: run.status ?? "queued",
    conclusion: run.status === "completed" ? (run.conclusion ?? undefined) : undefined,
    startedAt: run.run_started_at ?? run.created_at,
    url: run.html_url,
  };
}

/** GitHub's statuses of runs that have not ended. */
const unfinished = ["queued", "in_progress", "waiting", "pending", "requested"] as const;

/**
 * The runs of a repository that have not ended, of all events.
 *
 * @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export async function readUnfinishedRuns(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  pace: ReadPace,
): Promise<CiRun[]> {
  const route = "GET /repos/{owner}/{repo}/actions/runs";
  const runs: CiRun[] = [];
  for (const status of unfinished) {
    const query = { owner, repo, status, per_page: 100 };
    const answer = await pace(() => github.request(route, query));
    const parsed = parseAnswer(z.object({ workflow_runs: z.array(runSchema) }), answer.data, route);
    runs.push(...parsed.workflow_runs.map(toRun));
  }
  return runs;
}
