import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";
import {
  listRepositories,
  readRepositories,
  type RepositorySnapshot,
} from "./repository-snapshot.ts";

/**
 * The repositories of an owner: those with the given names, or all of them where no names are
 * given. Names that do not exist are left out.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached
 */
export async function findRepositories(
  github: GitHubClient,
  owner: string,
  names: readonly string[] | undefined,
): Promise<RepositorySnapshot[]> {
  return explaining(`read the repositories of ${owner}`, async () => {
    if (!names) return listRepositories(github, owner);
    const requests = names.map((name) => ({ name }));
    const found = await readRepositories(github, owner, requests);
    return found.filter((snapshot) => snapshot !== undefined);
  });
}
