import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryEach } from "../client/query-each.ts";

/** GitHub's own numbers, which stay when a name is given to somebody else. */
export interface RepositoryNumbers {
  readonly ownerId: number;
  readonly repositoryId: number;
}

const repositorySchema = z.object({
  databaseId: z.int(),
  owner: z.object({ databaseId: z.int() }),
});

/**
 * Reads the numbers of repositories of any owners with one query.
 *
 * @param names `owner/name`, a few dozen at most
 * @returns by name; repositories that do not exist, or that the token may not see, are not in it
 */
export async function readRepositoryNumbers(
  github: GitHubClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, RepositoryNumbers>> {
  if (names.length === 0) return new Map();
  const found = await queryEach(github, names, {
    name: "Numbers",
    what: "the query for the numbers of actions",
    schema: repositorySchema,
    toleratesMissing: true,
    field(each, variable) {
      const [owner = "", name = ""] = each.split("/");
      return `repository(owner: ${variable(owner)}, name: ${variable(name)}, followRenames: false) {
        databaseId owner { ... on Organization { databaseId } ... on User { databaseId } } }`;
    },
  });
  return new Map(
    names.flatMap((name, index) => {
      const repository = found[index];
      if (!repository) return [];
      const { databaseId: repositoryId, owner } = repository;
      return [[name, { ownerId: owner.databaseId, repositoryId }] as const];
    }),
  );
}
