import type { Fleet } from "../fleet/fleet.ts";
import { readVariable } from "../github/actions-variables.ts";
import { explaining } from "../github/explain-failure.ts";
import type { GitHubClient } from "../github/github-client.ts";

/** Whether the organisation holds a variable that the fleet shares, where it shares any. */
export async function hasSharedVariable(
  github: GitHubClient,
  { owner, secret }: Fleet,
  name: string,
): Promise<boolean> {
  if (secret.scope !== "organization") return false;
  const value = await explaining(`read the variable ${name} of ${owner}`, () =>
    readVariable(github, { owner, name }),
  );
  return value !== undefined;
}
