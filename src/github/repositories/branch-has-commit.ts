import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

const answerSchema = z.object({ status: z.string() });

/**
 * Whether a commit is in the history of a branch. GitHub shows commits of forks by their id, too: those are not.
 *
 * @see https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
export async function branchHasCommit(
  github: GitHubClient,
  { owner, repository, branch }: { owner: string; repository: string; branch: string },
  commit: string,
): Promise<boolean> {
  try {
    const { data } = await github.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
      owner,
      repo: repository,
      basehead: `${branch}...${commit}`,
      per_page: 1,
    });
    const { status } = parseAnswer(answerSchema, data, "the comparison of two commits");
    return status === "behind" || status === "identical";
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return false;
    throw error;
  }
}
