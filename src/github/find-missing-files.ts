import { z } from "zod";
import type { GitHubClient } from "./github-client.ts";
import { parseAnswer } from "./parse-answer.ts";

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

/** The files that their branches do not hold, with one query per hundred. */
export async function findMissingFiles<T extends WantedFile>(
  github: GitHubClient,
  owner: string,
  files: readonly T[],
): Promise<T[]> {
  const batches = Array.from({ length: Math.ceil(files.length / batchSize) }, (_, index) =>
    files.slice(index * batchSize, (index + 1) * batchSize),
  );
  const found = await Promise.all(batches.map((batch) => missingOf(github, owner, batch)));
  return found.flat();
}

async function missingOf<T extends WantedFile>(
  github: GitHubClient,
  owner: string,
  files: readonly T[],
): Promise<T[]> {
  const variables: Record<string, string> = { owner };
  const parts = files.map(({ name, branch, path }, index) => {
    variables[`name${index}`] = name;
    variables[`file${index}`] = `${branch}:${path}`;
    return `f${index}: repository(owner: $owner, name: $name${index}) {
      object(expression: $file${index}) { __typename } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query Present(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const answer = parseAnswer(
    answerSchema,
    await github.query(query, variables),
    "the query for files",
  );
  return files.filter((_, index) => answer[`f${index}`]?.object?.__typename !== "Blob");
}
