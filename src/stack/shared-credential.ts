import { RequestError } from "@octokit/request-error";
import { sharingSecret, type Fleet, type FleetRepository } from "../fleet/fleet.ts";
import { readSecretRepositories } from "../github/secrets/actions-secrets.ts";
import { readVariable } from "../github/secrets/actions-variables.ts";
import { explaining, isLimit } from "../github/client/explain-failure.ts";
import type { GitHubClient } from "../github/client/github-client.ts";

/** What of the fleet's shared credential the organisation has. */
export interface SharedCredential {
  /** Ids of the repositories of which some may still need its secret while they move to another credential. */
  readonly reached: ReadonlySet<number>;
  /** Whether the variable with the PAT's owner is there. */
  readonly variableExists: boolean;
}

/**
 * Where no repository shares the organisation's secret any more, the one that is there counts only if it looks as an
 * update left it: with its variable, and for repositories of the fleet alone. Another one of that name is somebody
 * else's, and has to stay as it is.
 *
 * @param later names of the repositories of later waves; `undefined` in a preview, which shows the end, when all have
 *   what they move to
 */
export async function readSharedCredential(
  github: GitHubClient,
  fleet: Fleet,
  { variable, later }: { variable: string; later: ReadonlySet<string> | undefined },
): Promise<SharedCredential> {
  const reached = later ? await readReached(github, fleet, later) : none;
  const isShared = sharingSecret(fleet.repositories).length > 0;
  if (!isShared && reached.size === 0) return { reached, variableExists: false };
  const variableExists = await hasVariable(github, fleet, variable);
  return { reached: isShared || variableExists ? reached : none, variableExists };
}

const none: ReadonlySet<number> = new Set();

/**
 * `false` also if the token may not read it, so that the rest can be previewed: if it exists, creating it fails with
 * a message.
 */
async function hasVariable(
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
async function readReached(
  github: GitHubClient,
  { owner, ownerKind, secret, repositories }: Fleet,
  later: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  const mayKeep = ({ name, credential }: FleetRepository) =>
    credential !== "organization" && (credential !== "job-token" || later.has(name));
  if (ownerKind === "User" || !repositories.some(mayKeep)) return none;
  const isShared = sharingSecret(repositories).length > 0;
  const ours = new Set(repositories.map(({ id }) => id));
  return explaining(`read who may use the secret ${secret.name} of ${owner}`, async () => {
    try {
      // GitHub answers 404 where there is none.
      const found = await unless([403, 404], () =>
        readSecretRepositories(github, owner, secret.name),
      );
      const ids = Object.values(found ?? {});
      return isShared || ids.every((id) => ours.has(id)) ? new Set(ids) : none;
    } catch (error) {
      // And this for a secret of all repositories.
      if (error instanceof RequestError && error.status === 409) return isShared ? ours : none;
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
