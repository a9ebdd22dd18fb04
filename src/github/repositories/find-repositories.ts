import type { SelectionNeeds } from "../../selection-facts.ts";
import { UserError } from "../../user-error.ts";
import { explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { listRepositories } from "./list-repositories.ts";
import { readRepositories, type RepositorySnapshot } from "./repository-snapshot.ts";
import { isSameName } from "../../is-same-name.ts";

/**
 * The repositories of an owner: those with the given names, or all with what a selection needs to know of them.
 * Names that do not exist are left out.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached, or repositories were renamed
 */
export async function findRepositories(
  github: GitHubClient,
  owner: string,
  which: readonly string[] | SelectionNeeds,
): Promise<RepositorySnapshot[]> {
  return explaining(`read the repositories of ${owner}`, async () => {
    if (isNames(which)) return readNamed(github, owner, which);
    const listed = await listRepositories(github, owner, which);
    const missing = which.names.filter(
      (name) => !listed.some((each) => isCalled(each, owner, name)),
    );
    return missing.length === 0
      ? listed
      : [...listed, ...(await readNamed(github, owner, missing))];
  });
}

function isNames(which: readonly string[] | SelectionNeeds): which is readonly string[] {
  return Array.isArray(which);
}

async function readNamed(
  github: GitHubClient,
  owner: string,
  names: readonly string[],
): Promise<RepositorySnapshot[]> {
  const requests = names.map((name) => ({ name, followRenames: true }));
  const found = await readRepositories(github, owner, requests);
  const moved = found.flatMap((snapshot, index) => {
    const name = names[index] ?? "";
    return snapshot && !isCalled(snapshot, owner, name) ? describeMove(snapshot, owner, name) : [];
  });
  if (moved.length > 0) {
    throw new UserError(`repositories were renamed:\n  ${moved.join("\n  ")}`);
  }
  return found.filter((snapshot) => snapshot !== undefined);
}

function isCalled(snapshot: RepositorySnapshot, owner: string, name: string): boolean {
  return isSameName(snapshot.owner, owner) && isSameName(snapshot.name, name);
}

function describeMove(
  { owner: newOwner, name: newName }: RepositorySnapshot,
  owner: string,
  name: string,
) {
  const isOurs = isSameName(newOwner, owner);
  const fix = isOurs ? `write ${newName} in fleet.repositories` : "remove it from the fleet";
  return `${owner}/${name} is now ${newOwner}/${newName}: ${fix}`;
}
