import { RequestError } from "@octokit/request-error";
import { explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";

/**
 * Whether GitHub still accepts a token.
 *
 * @param github a client that authenticates with the token itself
 */
export async function isTokenAlive(github: GitHubClient): Promise<boolean> {
  return explaining("check whether a PAT is still accepted", async () => {
    try {
      await github.request("GET /user");
      return true;
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) return false;
      throw error;
    }
  });
}
