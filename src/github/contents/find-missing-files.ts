import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryEach } from "../client/query-each.ts";
import { readBatches } from "../client/read-batches.ts";

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
  const read = (batch: readonly T[]) => arePresent(github, owner, batch);
  const outcomes = await readBatches(files, batchSize, read);
  const failure = outcomes.find((each) => "error" in each && !isAboutOne(each.error));
  if (failure && "error" in failure) throw failure.error;
  return files.filter((_, index) => {
    const outcome = outcomes[index];
    return outcome !== undefined && "value" in outcome && !outcome.value;
  });
}

function isAboutOne(error: unknown): boolean {
  return error instanceof GraphqlResponseError;
}

async function arePresent(
  github: GitHubClient,
  owner: string,
  files: readonly WantedFile[],
): Promise<boolean[]> {
  const found = await queryEach(github, files, {
    name: "Present",
    what: "the query for files",
    schema: repositorySchema,
    canBeHalved: files.length > 1,
    field: (
      { name, branch, path },
      variable,
    ) => `repository(owner: ${variable(owner)}, name: ${variable(name)}) {
      object(expression: ${variable(`${branch}:${path}`)}) { __typename } }`,
  });
  return found.map((repository) => repository?.object?.__typename === "Blob");
}
