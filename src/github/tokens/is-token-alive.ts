import { explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { unlessRefused } from "../client/unless-refused.ts";

/**
 * Whether GitHub still accepts a token.
 *
 * @param github a client that authenticates with the token itself
 */
export async function isTokenAlive(github: GitHubClient): Promise<boolean> {
  const answer = await explaining("check whether a PAT is still accepted", () =>
    unlessRefused([401], () => github.request("GET /user")),
  );
  return answer !== undefined;
}
