import { RequestError } from "@octokit/request-error";
import { isLimit } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";

/**
 * Who may call the workflows of a repository that is not public; `undefined` where the token may not see it,
 * such as in the preview of a pull request.
 *
 * @see https://docs.github.com/en/rest/actions/permissions#get-the-level-of-access-for-workflows-outside-of-the-repository
 */
export async function readAccessLevel(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<string | undefined> {
  try {
    const { data } = await github.request("GET /repos/{owner}/{repo}/actions/permissions/access", {
      owner,
      repo,
    });
    return data.access_level;
  } catch (error) {
    const isRefused = error instanceof RequestError && [403, 404].includes(error.status);
    if (isRefused && !isLimit(error)) return undefined;
    throw error;
  }
}
