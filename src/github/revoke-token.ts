import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";

/**
 * Ends a token for good; GitHub tells its owner by mail. Whoever holds a token may end it: the call
 * is not authenticated.
 *
 * @param github a client without a token
 * @see https://docs.github.com/en/rest/credentials/revoke
 */
export async function revokeToken(github: GitHubClient, token: string): Promise<void> {
  await explaining("revoke the PAT that was replaced", () =>
    github.request("POST /credentials/revoke", { credentials: [token] }),
  );
}
