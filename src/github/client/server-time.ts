import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";
import { isRefusal } from "./unless-refused.ts";

/**
 * The current time by GitHub's clock, ISO-8601; expiry dates are compared with it, not with this machine's
 * clock. Requests for the rate limit are not counted.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 * @see https://docs.github.com/en/enterprise-server@latest/admin/configuring-settings/configuring-user-applications-for-your-enterprise/configuring-rate-limits
 */
export async function readServerTime(github: GitHubClient): Promise<string> {
  const date = await explaining("read the time from GitHub", async () => {
    try {
      return (await github.request("GET /rate_limit")).headers.date;
    } catch (error) {
      // GitHub Enterprise Server without limits answers 404, with its date.
      if (isRefusal(error, [404])) return error.response?.headers.date;
      throw error;
    }
  });
  return new Date(date ?? Date.now()).toISOString();
}
