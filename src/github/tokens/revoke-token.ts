import { explainFailure } from "../client/explain-failure.ts";
import { UserError } from "../../user-error.ts";
import { withoutSecrets } from "../../without-secrets.ts";
import type { GitHubClient } from "../client/github-client.ts";

/**
 * Ends a token for good; GitHub tells its owner by mail. Whoever holds a token may end it: the call
 * is not authenticated.
 *
 * @param github a client without a token
 * @throws {UserError} GitHub refuses, or cannot be reached; the message does not quote the token
 * @see https://docs.github.com/en/rest/credentials/revoke
 */
export async function revokeToken(github: GitHubClient, token: string): Promise<void> {
  try {
    await github.request("POST /credentials/revoke", {
      credentials: [token],
      // Elsewhere the header would stay behind, and the body with the token would go along.
      request: { redirect: "error" },
    });
  } catch (error) {
    // The body of this one request holds a token, and a refusal may quote what it refuses.
    const { message } = explainFailure(error, "revoke the PAT that was replaced");
    throw new UserError(withoutSecrets(message, [token]));
  }
}
