import { RequestError } from "@octokit/request-error";
import type { Fleet } from "../fleet/fleet.ts";
import { readVariable } from "../github/secrets/actions-variables.ts";
import { explaining, isLimit } from "../github/client/explain-failure.ts";
import type { GitHubClient } from "../github/client/github-client.ts";

/**
 * Whether the organisation holds a variable that the fleet shares, where it shares any. A token that
 * may not look can still preview the rest; were there one, creating it would fail and say so.
 */
export async function hasSharedVariable(
  github: GitHubClient,
  { owner, secret }: Fleet,
  name: string,
): Promise<boolean> {
  if (secret.scope !== "organization") return false;
  return explaining(`read the variable ${name} of ${owner}`, async () => {
    try {
      return (await readVariable(github, { owner, name })) !== undefined;
    } catch (error) {
      if (error instanceof RequestError && error.status === 403 && !isLimit(error)) return false;
      throw error;
    }
  });
}
