import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";

/**
 * The moment by GitHub's clock, ISO-8601: expiries are judged by it, whatever this machine's says.
 * Asking for the rate limit costs nothing of it.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 */
export async function readServerTime(github: GitHubClient): Promise<string> {
  const { headers } = await explaining("ask GitHub for the time", () =>
    github.request("GET /rate_limit"),
  );
  return new Date(headers.date ?? Date.now()).toISOString();
}
