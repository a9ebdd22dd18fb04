import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

/** Start and end of a workflow run, ISO-8601; without an end while it is running. */
export interface RunSpan {
  readonly start: string;
  readonly end: string | undefined;
}

const runsSchema = z.array(
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
  return parseAnswer(runsSchema, pages, route).map(({ created_at, updated_at, status }) => ({
    start: created_at,
    end: status === "completed" ? updated_at : undefined,
  }));
}
