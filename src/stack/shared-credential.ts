import { RequestError } from "@octokit/request-error";
import type { Fleet, FleetRepository } from "../fleet/fleet.ts";
import { readSecretRepositories } from "../github/secrets/actions-secrets.ts";
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
  { owner }: Pick<Fleet, "owner">,
  name: string,
): Promise<boolean> {
  return explaining(`read the variable ${name} of ${owner}`, async () => {
    const found = await unless([403], () => readVariable(github, { owner, name }));
    return found !== undefined;
  });
}

/**
 * Ids of the repositories that the organisation's secret reaches now, where some repositories of the fleet do not
 * share it: those that move to a secret of their own need that one first, and those of later waves that move to the
 * job's own token keep it until then. Empty also if the token may not read it.
 */
export async function readReached(
  github: GitHubClient,
  { owner, ownerKind, secret, repositories }: Fleet,
  later: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  const mayKeep = ({ name, credential }: FleetRepository) =>
    credential !== "organization" && (credential !== "job-token" || later.has(name));
  if (ownerKind === "User" || !repositories.some(mayKeep)) return new Set();
  return explaining(`read who may use the secret ${secret.name} of ${owner}`, async () => {
    try {
      // GitHub answers 404 where there is none.
      const found = await unless([403, 404], () =>
        readSecretRepositories(github, owner, secret.name),
      );
      return new Set(Object.values(found ?? {}));
    } catch (error) {
      // And this for a secret of all repositories.
      if (error instanceof RequestError && error.status === 409)
        return new Set(repositories.map(({ id }) => id));
      throw error;
    }
  });
}

async function unless<T>(
  refusals: readonly number[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isRefusal = error instanceof RequestError && refusals.includes(error.status);
    if (isRefusal && !isLimit(error)) return undefined;
    throw error;
  }
}
