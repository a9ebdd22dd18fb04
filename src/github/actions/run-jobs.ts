import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import type { RunPlace } from "./workflow-runs.ts";

const stepSchema = z
  .object({ name: z.string(), conclusion: z.string().nullable() })
  .transform(({ name, conclusion }) => ({ name, conclusion: conclusion ?? undefined }));

const jobsSchema = z.object({
  jobs: z.array(
    z
      .object({
        id: z.int(),
        name: z.string(),
        /** `queued` while it waits for a runner, `completed` when it has ended, … */
        status: z.string(),
        /** Of the runner that it asks for. */
        labels: z.array(z.string()).default([]),
        conclusion: z.string().nullable(),
        html_url: z.string().nullable(),
        steps: z.array(stepSchema).default([]),
      })
      .transform(({ conclusion, html_url: url, ...job }) => ({
        ...job,
        conclusion: conclusion ?? undefined,
        url: url ?? undefined,
      })),
  ),
});

export type RunJob = z.output<typeof jobsSchema>["jobs"][number];

/** @see https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run */
export async function readRunJobs(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  id: number,
): Promise<RunJob[]> {
  const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs";
  const query = { owner, repo, run_id: id, per_page: 100 };
  return (await readAnswer(github, jobsSchema, route, query)).jobs;
}

/** The first job that neither succeeded nor had nothing to do. */
export function findFailed(jobs: readonly RunJob[]): RunJob | undefined {
  return jobs.find(
    ({ conclusion }) =>
      conclusion !== undefined && conclusion !== "success" && conclusion !== "skipped",
  );
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
  const found = await readAnswer(github, annotationsSchema, route, {
    owner,
    repo,
    check_run_id: job,
  });
  return found.flatMap(({ annotation_level, message }) =>
    annotation_level === "failure" && message ? [message] : [],
  );
}
