import { RequestError } from "@octokit/request-error";
import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";

/**
 * The moment by GitHub's clock, ISO-8601: expiries are judged by it, whatever this machine's says.
 * Asking for the rate limit costs nothing of it.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 * @see https://docs.github.com/en/enterprise-server@latest/admin/configuring-settings/configuring-user-applications-for-your-enterprise/configuring-rate-limits
 */
export async function readServerTime(github: GitHubClient): Promise<string> {
  const date = await explaining("ask GitHub for the time", async () => {
    try {
      return (await github.request("GET /rate_limit")).headers.date;
    } catch (error) {
      // GitHub Enterprise Server answers so where no limits are set, with its date all the same.
      if (error instanceof RequestError && error.status === 404)
        return error.response?.headers.date;
      throw error;
    }
  });
  return new Date(date ?? Date.now()).toISOString();
}
