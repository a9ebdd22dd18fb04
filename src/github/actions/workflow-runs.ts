import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { unlessMissing } from "../client/unless-refused.ts";

export interface RunPlace {
  readonly owner: string;
  readonly repository: string;
}

const runSchema = z
  .object({
    id: z.int(),
    run_number: z.int(),
    run_attempt: z.int().default(1),
    event: z.string(),
    head_branch: z.string().nullable(),
    head_sha: z.string(),
    status: z.string().nullable(),
    conclusion: z.string().nullable(),
    created_at: z.string(),
    run_started_at: z.string().nullish(),
    html_url: z.string(),
  })
  .transform((run) => ({
    /** Higher for a later run. */
    id: run.id,
    /** As its page shows it. */
    number: run.run_number,
    /** 1, plus one for each repetition. */
    attempt: run.run_attempt,
    /** What started it: `push`, `schedule`, … */
    event: run.event,
    /** Branch or tag. */
    ref: run.head_branch ?? undefined,
    /** The commit that it builds. */
    head: run.head_sha,
    /** `queued`, `in_progress`, `waiting` for an approval, …; `completed` when it has ended. */
    status: run.status ?? "queued",
    /** `success`, `failure`, `cancelled`, …; absent while it is queued or running. */
    conclusion: run.status === "completed" ? (run.conclusion ?? undefined) : undefined,
    /** ISO-8601: when the first attempt was queued. */
    createdAt: run.created_at,
    /** ISO-8601: when this attempt was queued, and its secrets were read. */
    startedAt: run.run_started_at ?? run.created_at,
    url: run.html_url,
  }));

/** The newest attempt of a workflow run. */
export type WorkflowRun = Readonly<z.output<typeof runSchema>>;

const runsSchema = z.object({ workflow_runs: z.array(runSchema) });

export interface RunQuery {
  /** Name of the workflow file: `ci.yml`. */
  readonly file: string;
  /** Runs of this branch, event and commit only, where they are given. */
  readonly branch?: string;
  readonly event?: string;
  readonly commit?: string;
  /** How many at most; in an answer, one takes about 12 kB, most of it the repository, twice. */
  readonly most: number;
}

/**
 * The newest runs of a workflow, newest first.
 *
 * @returns none where the repository has no such workflow
 * @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
 */
export async function readRuns(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  { file, branch, event, commit, most }: RunQuery,
): Promise<WorkflowRun[]> {
  const route = "GET /repos/{owner}/{repo}/actions/workflows/{file}/runs";
  const query = {
    ...{ owner, repo, file, per_page: most },
    ...(branch !== undefined && { branch }),
    ...(event !== undefined && { event }),
    ...(commit !== undefined && { head_sha: commit }),
  };
  const found = await unlessMissing(() => readAnswer(github, runsSchema, route, query));
  return (found?.workflow_runs ?? []).sort((a, b) => b.id - a.id);
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
export async function readRun(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  id: number,
): Promise<WorkflowRun> {
  const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
  return readAnswer(github, runSchema, route, { owner, repo, run_id: id });
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
): Promise<WorkflowRun[]> {
  const route = "GET /repos/{owner}/{repo}/actions/runs";
  const runs: WorkflowRun[] = [];
  for (const status of unfinished) {
    const query = { owner, repo, status, per_page: 100 };
    const found = await pace(() => readAnswer(github, runsSchema, route, query));
    runs.push(...found.workflow_runs);
  }
  return runs;
}

const spanSchema = z
  .object({ created_at: z.string(), updated_at: z.string(), status: z.string().nullable() })
  .transform(({ created_at, updated_at, status }) => ({
    start: created_at,
    end: status === "completed" ? updated_at : undefined,
  }));

/** Start and end of a workflow run, ISO-8601; without an end while it is running. */
export type RunSpan = Readonly<z.output<typeof spanSchema>>;

/**
 * When workflows of a repository ran, for runs that started at that moment or later.
 *
 * GitHub answers 404 where a token may not see the repository. This is thrown: as an empty list, it would
 * make every image look as if no workflow had published it.
 *
 * @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export async function readRunSpans(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  since: string,
): Promise<RunSpan[]> {
  const route = "GET /repos/{owner}/{repo}/actions/runs";
  const created = `>=${since}`;
  const pages = await github.paginate(route, { owner, repo, created, per_page: 100 });
  return parseAnswer(z.array(spanSchema), pages, route);
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

const dispatchedSchema = z.object({ workflow_run_id: z.int() });

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
  const body = { owner, repo, file, ref, ...asks };
  return (await readAnswer(github, dispatchedSchema, route, body)).workflow_run_id;
}
