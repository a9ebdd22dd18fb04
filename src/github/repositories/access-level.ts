import type { GitHubClient } from "../client/github-client.ts";
import { unlessRefused } from "../client/unless-refused.ts";

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
  const route = "GET /repos/{owner}/{repo}/actions/permissions/access";
  const answer = await unlessRefused([403, 404], () => github.request(route, { owner, repo }));
  return answer?.data.access_level;
}
