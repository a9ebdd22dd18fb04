import DataLoader from "dataloader";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { readBatches, valuesOrErrors, type Outcome } from "../client/read-batches.ts";

export interface FileRequest {
  /** The repository's name. */
  readonly repository: string;
  /** The commit to read from. */
  readonly revision: string;
  /** From the repository's root. */
  readonly path: string;
}

export interface BlobRequest {
  /** The name of a repository that has it. */
  readonly repository: string;
  /** Git's id of the content. */
  readonly blob: string;
}

export interface FoundFile {
  /** Git's id of the content. */
  readonly blob: string;
  /** Absent when the file is binary or larger than what GitHub shows. */
  readonly text: string | undefined;
}

/**
 * About forty repositories with five workflow files each. Each file is a single lookup and not a list,
 * so it uses no nodes of the budget; the size of the answer, about 1 MB, limits the batch.
 *
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
const batchSize = 200;

const blobSchema = z.object({
  oid: z.string().optional(),
  text: z.string().nullish(),
  isTruncated: z.boolean().optional(),
});
const answerSchema = z.record(z.string(), z.record(z.string(), blobSchema.nullable()).nullable());

/**
 * Reads files of many repositories with few queries.
 *
 * @returns in the order of the requests; `undefined` for a file that does not exist, or whose
 *   repository the token may not see
 * @throws the first failure of a request
 */
export async function readFiles(
  github: GitHubClient,
  owner: string,
  requests: readonly FileRequest[],
): Promise<(FoundFile | undefined)[]> {
  return valuesOf(await readObjects(github, owner, requests.map(objectOf)));
}

/** Reads each file once; those that are asked for together come with few queries. */
export type FileLoader = DataLoader<FileRequest, FoundFile | undefined, string>;

export function createFileLoader(github: GitHubClient, owner: string): FileLoader {
  return new DataLoader(
    async (requests: readonly FileRequest[]) =>
      valuesOrErrors(await readObjects(github, owner, requests.map(objectOf))),
    { cacheKeyFn: ({ repository, revision, path }) => `${repository} ${revision}:${path}` },
  );
}

/** Reads contents by git's id, in the same way. */
export async function readBlobs(
  github: GitHubClient,
  owner: string,
  requests: readonly BlobRequest[],
): Promise<(FoundFile | undefined)[]> {
  const objects = requests.map(({ repository, blob }) => ({ repository, expression: blob }));
  return valuesOf(await readObjects(github, owner, objects));
}

interface ObjectRequest {
  readonly repository: string;
  /** As git reads it: `main:README.md`, or the id of a blob. */
  readonly expression: string;
}

function objectOf({ repository, revision, path }: FileRequest): ObjectRequest {
  return { repository, expression: `${revision}:${path}` };
}

function readObjects(
  github: GitHubClient,
  owner: string,
  requests: readonly ObjectRequest[],
): Promise<Outcome<FoundFile | undefined>[]> {
  return readBatches(requests, batchSize, (batch) => readBatch(github, owner, batch));
}

/** @throws the first failure */
function valuesOf<T>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.map((outcome) => {
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  });
}

async function readBatch(
  github: GitHubClient,
  owner: string,
  files: readonly ObjectRequest[],
): Promise<(FoundFile | undefined)[]> {
  const names = [...new Set(files.map(({ repository }) => repository))];
  const variables: Record<string, string> = { owner };
  const parts = names.map((name, position) => {
    variables[`name${position}`] = name;
    const lookups = files.flatMap(({ repository, expression }, index) => {
      if (repository !== name) return [];
      variables[`file${index}`] = expression;
      return `f${index}: object(expression: $file${index}) { ... on Blob { oid text isTruncated } }`;
    });
    return `r${position}: repository(owner: $owner, name: $name${position}, followRenames: false) {
      ${lookups.join("\n")} }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query Texts(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const request = { canBeHalved: files.length > 1 };
  const answer = await github.query(query, { ...variables, request });
  const found = parseAnswer(answerSchema, answer, "the query for files");
  return files.map(({ repository }, index) => {
    const file = found[`r${names.indexOf(repository)}`]?.[`f${index}`];
    if (file?.oid === undefined) return undefined;
    const text = file.isTruncated ? undefined : (file.text ?? undefined);
    return { blob: file.oid, text };
  });
}
