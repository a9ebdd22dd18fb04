import { RequestError } from "@octokit/request-error";
import type { Fleet } from "../fleet/fleet.ts";
import { readVariable } from "../github/secrets/actions-variables.ts";
import { explaining, isLimit } from "../github/client/explain-failure.ts";
import type { GitHubClient } from "../github/client/github-client.ts";

/**
 * Whether the organisation already has the variable of a fleet that shares its secret. `false` also if
 * the token may not read it, so that the rest can be previewed: if it exists, creating it fails with a
 * message.
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
