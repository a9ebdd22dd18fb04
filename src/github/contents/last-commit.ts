import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";

const commitSchema = z
  .object({
    html_url: z.string(),
    author: z.object({ login: z.string() }).nullish(),
    commit: z.object({
      message: z.string(),
      committer: z.object({ date: z.string() }),
      author: z.object({ name: z.string() }),
    }),
  })
  .transform(({ html_url: url, author, commit }) => ({
    /** Login, or the name in the commit. */
    author: author?.login ?? commit.author.name,
    /** ISO-8601 */
    at: new Date(commit.committer.date).toISOString(),
    url,
    message: commit.message,
  }));

export type LastCommit = Readonly<z.output<typeof commitSchema>>;

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
  const query = { owner, repo, sha, path, per_page: 1 };
  return (await readAnswer(github, z.array(commitSchema), route, query))[0];
}
