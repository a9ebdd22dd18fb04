import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

/** From the start of a workflow run to its end, or to now where it goes on; ISO-8601. */
export interface RunSpan {
  readonly start: string;
  readonly end: string | undefined;
}

const runsSchema = z.array(
  z.object({ created_at: z.string(), updated_at: z.string(), status: z.string().nullable() }),
);

/**
 * When workflows of a repository ran, of those that began at that moment or later.
 *
 * Where a token may not see the repository GitHub answers 404, which is thrown: taken for "none" it
 * would make every image look as if nobody's workflow had published it.
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
