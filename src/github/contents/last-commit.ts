import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

export interface LastCommit {
  /** Login, or the name in the commit. */
  readonly author: string;
  /** ISO-8601 */
  readonly at: string;
  readonly url: string;
  readonly message: string;
}

const commitsSchema = z.array(
  z.object({
    html_url: z.string(),
    author: z.object({ login: z.string() }).nullish(),
    commit: z.object({
      message: z.string(),
      committer: z.object({ date: z.string() }),
      author: z.object({ name: z.string() }),
    }),
  }),
);

/**
 * The last commit that changed a path, including its deletion.
 *
 * @see https://docs.github.com/en/rest/commits/commits#list-commits
 */
export async function readLastCommit(
  github: GitHubClient,
  place: { readonly owner: string; readonly repository: string; readonly branch: string },
  path: string,
): Promise<LastCommit | undefined> {
  const { owner, repository: repo, branch: sha } = place;
  const route = "GET /repos/{owner}/{repo}/commits";
  const { data } = await github.request(route, { owner, repo, sha, path, per_page: 1 });
  const [last] = parseAnswer(commitsSchema, data, route);
  return (
    last && {
      author: last.author?.login ?? last.commit.author.name,
      at: new Date(last.commit.committer.date).toISOString(),
      url: last.html_url,
      message: last.commit.message,
    }
  );
}
