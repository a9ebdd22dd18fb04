import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryBatches } from "../client/query-each.ts";

export interface WantedFile {
  /** The repository's name. */
  readonly name: string;
  readonly branch: string;
  /** From the repository's root. */
  readonly path: string;
}

/** GitHub answers about 100 objects for one point of the GraphQL budget. */
const batchSize = 100;

const repositorySchema = z.object({ object: z.object({ __typename: z.string() }).nullable() });

/**
 * The files that do not exist on their branches, with one query per hundred. Repositories that the token
 * may not see are skipped.
 *
 * @throws the first error that does not concern a single repository
 */
export async function findMissingFiles<T extends WantedFile>(
  github: GitHubClient,
  owner: string,
  files: readonly T[],
): Promise<T[]> {
  const outcomes = await queryBatches(github, files, batchSize, {
    name: "Present",
    what: "the query for files",
    schema: repositorySchema,
    field: (
      { name, branch, path },
      variable,
    ) => `repository(owner: ${variable(owner)}, name: ${variable(name)}) {
      object(expression: ${variable(`${branch}:${path}`)}) { __typename } }`,
  });
  return files.filter((_, index) => {
    const outcome = outcomes[index];
    if (!outcome || "error" in outcome) {
      if (outcome && !(outcome.error instanceof GraphqlResponseError)) throw outcome.error;
      return false;
    }
    return outcome.value?.object?.__typename !== "Blob";
  });
}
