import { explaining } from "../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import { readRepositories } from "../../src/github/repositories/repository-snapshot.ts";
import type { ResourceContext, ResourceType } from "../protocol/resource-type.ts";
import type { RepositorySnapshots } from "./repository-snapshots.ts";
import { isSameName } from "../../src/is-same-name.ts";

interface Place {
  readonly owner: string;
  readonly repository: string;
}

/**
 * Makes a refresh continue where a repository was deleted or renamed: what the stack had of it leaves the
 * state, and one warning for each repository says what happened and what follows.
 *
 * @returns wraps a resource type, so that its `read` is not called for such a repository
 */
export function leavingWithRepositories(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
): (type: ResourceType) => ResourceType {
  const reported = new Set<string>();

  async function report(place: Place, { warn }: ResourceContext): Promise<void> {
    const name = `${place.owner}/${place.repository}`;
    if (reported.has(name)) return;
    reported.add(name);
    warn(await explaining(`look for ${name}`, () => describeGone(github, place)));
  }

  return (type) => ({
    ...type,
    async read(id, state, inputs, context) {
      const { owner, repository } = inputs;
      // An import has no inputs yet, and what the organisation has belongs to no repository.
      if (typeof owner === "string" && typeof repository === "string") {
        const place = { owner, repository };
        const found = await explaining(`look for ${owner}/${repository}`, () =>
          snapshots.find(place),
        );
        if (!found) {
          await report(place, context);
          return undefined;
        }
      }
      return type.read(id, state, inputs, context);
    },
  });
}

async function describeGone(github: GitHubClient, { owner, repository }: Place): Promise<string> {
  const follows = "what the stack had of it leaves the state, and nothing on GitHub is changed";
  const request = { name: repository, followRenames: true };
  const [now] = await readRepositories(github, owner, [request]);
  if (!now) {
    return (
      `${owner}/${repository} was deleted, or the admin token may not see it: ${follows}. ` +
      "If fleet.repositories names it, remove it there"
    );
  }
  const isOurs = isSameName(now.owner, owner);
  const fix = isOurs ? `write ${now.name} there` : "remove it there";
  return (
    `${owner}/${repository} is now ${now.owner}/${now.name}: ${follows}. ` +
    `If fleet.repositories names ${repository}, ${fix}`
  );
}
