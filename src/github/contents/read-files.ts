import DataLoader from "dataloader";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryEach } from "../client/query-each.ts";
import { readBatches, valuesOrErrors, type Outcome } from "../client/read-batches.ts";

interface FileRequest {
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
const repositorySchema = z.record(z.string(), blobSchema.nullable());

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

/** A commit or branch of a repository. */
type Revision = Omit<FileRequest, "path">;

/** Files as path to text, without those that do not exist, are no text, or are too large. */
export type Texts = Readonly<Record<string, string>>;

/** Reads files of one repository with one query. */
export async function readTexts(
  github: GitHubClient,
  { owner, ...at }: Revision & { readonly owner: string },
  paths: readonly string[],
): Promise<Texts> {
  const found = await readFiles(
    github,
    owner,
    paths.map((path) => ({ ...at, path })),
  );
  return textsOf(paths, found);
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

/** The same as {@link readTexts}, with few queries for many repositories. */
export async function loadTexts(
  files: FileLoader,
  at: Revision,
  paths: readonly string[],
): Promise<Texts> {
  return textsOf(paths, await Promise.all(paths.map((path) => files.load({ ...at, path }))));
}

function textsOf(paths: readonly string[], found: readonly (FoundFile | undefined)[]): Texts {
  return Object.fromEntries(
    paths.flatMap((path, index) => {
      const text = found[index]?.text;
      return text === undefined ? [] : [[path, text]];
    }),
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
  const found = await queryEach(github, names, {
    name: "Texts",
    what: "the query for files",
    schema: repositorySchema,
    canBeHalved: files.length > 1,
    field(name, variable) {
      const lookups = files.flatMap(({ repository, expression }, index) =>
        repository === name
          ? [
              `f${index}: object(expression: ${variable(expression)}) { ... on Blob { oid text isTruncated } }`,
            ]
          : [],
      );
      return `repository(owner: ${variable(owner)}, name: ${variable(name)}, followRenames: false) {
        ${lookups.join("\n")} }`;
    },
  });
  return files.map(({ repository }, index) => {
    const file = found[names.indexOf(repository)]?.[`f${index}`];
    if (file?.oid === undefined) return undefined;
    const text = file.isTruncated ? undefined : (file.text ?? undefined);
    return { blob: file.oid, text };
  });
}
