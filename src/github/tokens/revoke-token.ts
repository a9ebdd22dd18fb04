import { explainFailure } from "../client/explain-failure.ts";
import { UserError } from "../../user-error.ts";
import { withoutSecrets } from "../../without-secrets.ts";
import type { GitHubClient } from "../client/github-client.ts";

/**
 * Revokes a token permanently; GitHub notifies its owner by mail. The call is not authenticated: the token
 * itself is enough.
 *
 * @param github a client without a token
 * @throws {UserError} GitHub refuses, or cannot be reached; the message does not quote the token
 * @see https://docs.github.com/en/rest/credentials/revoke
 */
export async function revokeToken(github: GitHubClient, token: string): Promise<void> {
  try {
    await github.request("POST /credentials/revoke", {
      credentials: [token],
      // A redirect would send the body with the token to another host.
      request: { redirect: "error" },
    });
  } catch (error) {
    // The body of this request contains a token, and a refusal may quote it.
    const { message } = explainFailure(error, "revoke the PAT that was replaced");
    throw new UserError(withoutSecrets(message, [token]));
  }
}
