import { sharingSecret, type Fleet, type FleetRepository } from "../fleet/fleet.ts";
import { readSecretRepositories } from "../github/secrets/actions-secrets.ts";
import { readVariable } from "../github/secrets/actions-variables.ts";
import { explaining } from "../github/client/explain-failure.ts";
import type { GitHubClient } from "../github/client/github-client.ts";
import { isRefusal, unlessRefused } from "../github/client/unless-refused.ts";
import { createFileLoader, loadTexts } from "../github/contents/read-files.ts";
import { readRepositories } from "../github/repositories/repository-snapshot.ts";
import { deploysTo } from "../publishing/deploys-to.ts";

/** Which parts of the fleet's shared credential exist in the organisation. */
interface SharedCredential {
  /** Ids of the repositories of which some may still need its secret while they move to another credential. */
  readonly reached: ReadonlySet<number>;
  /** Ids of those that move to an environment, and whose branch has no job yet that gets its secret. */
  readonly undeployed: ReadonlySet<number>;
  /** Whether the variable with the PAT's owner is there. */
  readonly variableExists: boolean;
}

/**
 * Where no repository shares the organisation's secret any more, a present one counts only if it looks as an update
 * left it: with its variable, and given to repositories of the fleet only. Any other secret of that name belongs to
 * somebody else, and must not be changed.
 *
 * @param later names of the repositories of later waves; `undefined` in a preview, which shows the end, when all have
 *   what they move to, except for what their branches still need
 */
export async function readSharedCredential(
  github: GitHubClient,
  fleet: Fleet,
  { variable, later }: { variable: string; later: ReadonlySet<string> | undefined },
): Promise<SharedCredential> {
  const found = await readReached(github, fleet, later);
  const isShared = sharingSecret(fleet.repositories).length > 0;
  if (!isShared && found.size === 0) {
    return { reached: none, undeployed: none, variableExists: false };
  }
  const variableExists = await hasVariable(github, fleet, variable);
  const reached = isShared || variableExists ? found : none;
  return { reached, undeployed: await readUndeployed(github, fleet, reached), variableExists };
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
    const found = await unlessRefused([403], () => readVariable(github, { owner, name }));
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
  later: ReadonlySet<string> | undefined,
): Promise<ReadonlySet<number>> {
  const mayKeep = ({ name, credential }: FleetRepository) => {
    switch (credential) {
      case "organization":
        return false;
      case "repository":
        return later !== undefined;
      case "environment":
        return true;
      case "job-token":
        return later?.has(name) ?? false;
    }
  };
  if (ownerKind === "User" || !repositories.some(mayKeep)) return none;
  const isShared = sharingSecret(repositories).length > 0;
  const ours = new Set(repositories.map(({ id }) => id));
  return explaining(`read who may use the secret ${secret.name} of ${owner}`, async () => {
    try {
      // GitHub answers 404 where there is none.
      const found = await unlessRefused([403, 404], () =>
        readSecretRepositories(github, owner, secret.name),
      );
      const ids = Object.values(found ?? {});
      return isShared || ids.every((id) => ours.has(id)) ? new Set(ids) : none;
    } catch (error) {
      // GitHub answers 409 for a secret of all repositories.
      if (isRefusal(error, [409])) return isShared ? ours : none;
      throw error;
    }
  });
}

/**
 * Ids of the repositories that have to keep the secret that they have: until their branch has a job that gets the
 * secret of the environment, that one does not publish. Nothing is read where none of them moves.
 *
 * @param having ids of those that have a secret of a wider scope
 */
export async function readUndeployed(
  github: GitHubClient,
  { owner, secret, repositories }: Fleet,
  having: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const moving = repositories.filter(
    ({ id, credential }) => credential === "environment" && having.has(id),
  );
  const files = createFileLoader(github, owner);
  return explaining(`read the workflows of ${owner}`, async () => {
    const branches = await readRepositories(github, owner, moving);
    const left = moving.map(async ({ id, name }, index) => {
      const { head: revision = "", workflows } = branches[index] ?? {};
      const paths = [...(workflows?.keys() ?? [])].filter((path) => /\.ya?ml$/.test(path));
      const texts = await loadTexts(files, { repository: name, revision }, paths);
      return deploysTo(texts, secret) ? [] : [id];
    });
    return new Set((await Promise.all(left)).flat());
  });
}
