import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
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

const answerSchema = z.record(
  z.string(),
  z.object({ object: z.object({ __typename: z.string() }).nullable() }).nullable(),
);

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
  const variables: Record<string, string> = { owner };
  const parts = files.map(({ name, branch, path }, index) => {
    variables[`name${index}`] = name;
    variables[`file${index}`] = `${branch}:${path}`;
    return `f${index}: repository(owner: $owner, name: $name${index}) {
      object(expression: $file${index}) { __typename } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query Present(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const request = { canBeHalved: files.length > 1 };
  const answer = await github.query(query, { ...variables, request });
  const found = parseAnswer(answerSchema, answer, "the query for files");
  return files.map((_, index) => found[`f${index}`]?.object?.__typename === "Blob");
}
