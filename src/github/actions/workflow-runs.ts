import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

export interface WorkflowRun {
  readonly id: number;
  readonly number: number;
  /** `push`, `release`, `workflow_dispatch`, … */
  readonly event: string;
  /** Absent while the run goes on. */
  readonly conclusion: string | undefined;
  /** Branch or tag. */
  readonly ref: string | undefined;
  readonly head: string;
  readonly startedAt: string;
  readonly url: string;
}

export interface RunQuery {
  readonly owner: string;
  readonly repository: string;
  /** Name of the workflow file: `ci.yml`. */
  readonly file: string;
  /** Runs of this branch and event only, where they are given. */
  readonly branch?: string;
  readonly event?: string;
}

/** One run is about 12 kB, most of it the repository, twice. */
const recent = 5;

const runsSchema = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.int(),
      run_number: z.int(),
      event: z.string(),
      conclusion: z.string().nullable(),
      head_branch: z.string().nullable(),
      head_sha: z.string(),
      created_at: z.string(),
      html_url: z.string(),
    }),
  ),
});

/**
 * The newest runs of a workflow, newest first.
 *
 * @returns none where the repository has no such workflow
 * @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
 */
export async function readRuns(
  github: GitHubClient,
  { owner, repository: repo, file, branch, event }: RunQuery,
): Promise<WorkflowRun[]> {
  const route = "GET /repos/{owner}/{repo}/actions/workflows/{file}/runs";
  try {
    const answer = await github.request(route, {
      owner,
      repo,
      file,
      per_page: recent,
      ...(branch !== undefined && { branch }),
      ...(event !== undefined && { event }),
    });
    return parseAnswer(runsSchema, answer.data, route).workflow_runs.map((run) => ({
      id: run.id,
      number: run.run_number,
      event: run.event,
      conclusion: run.conclusion ?? undefined,
      ref: run.head_branch ?? undefined,
      head: run.head_sha,
      startedAt: run.created_at,
      url: run.html_url,
    }));
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return [];
    throw error;
  }
}

/** Start and end of a workflow run, ISO-8601; without an end while it is running. */
export interface RunSpan {
  readonly start: string;
  readonly end: string | undefined;
}

const spansSchema = z.array(
  z.object({ created_at: z.string(), updated_at: z.string(), status: z.string().nullable() }),
);

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
  owner: string,
  repo: string,
  since: string,
): Promise<RunSpan[]> {
  const route = "GET /repos/{owner}/{repo}/actions/runs";
  const created = `>=${since}`;
  const pages = await github.paginate(route, { owner, repo, created, per_page: 100 });
  return parseAnswer(spansSchema, pages, route).map(({ created_at, updated_at, status }) => ({
    start: created_at,
    end: status === "completed" ? updated_at : undefined,
  }));
}
