import { z } from "zod";
import type { SelectionFacts } from "../../selection-facts.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { isTooLarge } from "../client/is-too-large.ts";
import { queryEach } from "../client/query-each.ts";

/** Where GitHub looks for workflow files. */
export const workflowFolder = ".github/workflows";

/** Where repositories keep actions of their own, as a rule. */
export const actionFolder = ".github/actions";

/** GitHub answers about 100 repositories for one point of the GraphQL budget. */
export const batchSize = 100;

const refSchema = z.object({ name: z.string(), target: z.object({ oid: z.string() }) });

export const repositorySchema = z.object({
  name: z.string(),
  owner: z.object({ login: z.string(), __typename: z.enum(["Organization", "User"]) }),
  databaseId: z.int(),
  visibility: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["public", "private", "internal"])),
  isArchived: z.boolean(),
  isDisabled: z.boolean(),
  isEmpty: z.boolean(),
  defaultBranchRef: refSchema.nullable(),
  repositoryTopics: z.object({
    nodes: z.array(z.object({ topic: z.object({ name: z.string() }) })),
  }),
  ref: refSchema.nullish(),
  folder: z
    .object({
      entries: z
        .array(z.object({ name: z.string(), oid: z.string(), type: z.string() }))
        .optional(),
    })
    .nullable(),
  actions: z.object({ oid: z.string() }).nullable(),
  mergeQueue: z.object({ id: z.string() }).nullish(),
});

export const fields = `
  name owner { login __typename } databaseId visibility isArchived isDisabled isEmpty
  defaultBranchRef { name target { oid } }
  repositoryTopics(first: 20) { nodes { topic { name } } }`;

export const entries = `{ ... on Tree { entries { name oid type } } }`;

interface SnapshotRequest {
  readonly name: string;
  /** Whether GitHub may return a repository that had this name earlier. Default: false. */
  readonly followRenames?: boolean;
  /** The branch to read; default: the repository's default branch. */
  readonly branch?: string | undefined;
}

/**
 * Reads many repositories with one query per hundred. The result has the order of the requests;
 * `undefined` stands for a repository that does not exist or that the token may not see.
 */
export async function readRepositories(
  github: GitHubClient,
  owner: string,
  requests: readonly SnapshotRequest[],
): Promise<(RepositorySnapshot | undefined)[]> {
  if (requests.length === 0) return [];
  if (requests.length > batchSize) return readHalves(github, owner, requests);
  try {
    return await readBatch(github, owner, requests);
  } catch (error) {
    // Only these ones are read in smaller pieces, because others may be smaller.
    if (requests.length > 1 && isTooLarge(error)) return readHalves(github, owner, requests);
    throw error;
  }
}

async function readHalves(
  github: GitHubClient,
  owner: string,
  requests: readonly SnapshotRequest[],
): Promise<(RepositorySnapshot | undefined)[]> {
  const size = requests.length > batchSize ? batchSize : Math.ceil(requests.length / 2);
  const first = await readRepositories(github, owner, requests.slice(0, size));
  return [...first, ...(await readRepositories(github, owner, requests.slice(size)))];
}

async function readBatch(
  github: GitHubClient,
  owner: string,
  requests: readonly SnapshotRequest[],
): Promise<(RepositorySnapshot | undefined)[]> {
  const found = await queryEach(github, requests, {
    name: "Fleet",
    what: "the query for repositories",
    schema: repositorySchema,
    canBeHalved: requests.length > 1,
    toleratesMissing: true,
    field({ name, branch, followRenames = false }, variable) {
      const object = (path: string) =>
        `object(expression: ${variable(`${branch ?? "HEAD"}:${path}`)})`;
      const queue = branch ? `mergeQueue(branch: ${variable(branch)})` : "mergeQueue";
      const ref = branch
        ? `ref(qualifiedName: ${variable(`refs/heads/${branch}`)}) { name target { oid } }`
        : "";
      return `repository(owner: ${variable(owner)}, name: ${variable(name)}, followRenames: ${followRenames}) {
        ${fields} ${ref} folder: ${object(workflowFolder)} ${entries}
        actions: ${object(actionFolder)} { oid } ${queue} { id } }`;
    },
  });
  return found.map((node) => node && toSnapshot(node));
}

/** What the fleet needs to know about a repository, read with one GraphQL query. */
export type RepositorySnapshot = Readonly<ReturnType<typeof toSnapshot>> & {
  /** Read only where something selects by them. */
  readonly facts?: SelectionFacts;
};

export function toSnapshot(node: z.output<typeof repositorySchema>) {
  const ref = node.ref === undefined ? node.defaultBranchRef : node.ref;
  const blobs = (node.folder?.entries ?? []).filter((entry) => entry.type === "blob");
  return {
    owner: node.owner.login,
    ownerKind: node.owner.__typename,
    name: node.name,
    /** The numeric id that REST calls `repository_id`. */
    id: node.databaseId,
    visibility: node.visibility,
    archived: node.isArchived,
    disabled: node.isDisabled,
    /** It has no commit yet, so there is nothing to build and no branch to commit to. */
    empty: node.isEmpty,
    defaultBranch: node.defaultBranchRef?.name,
    topics: node.repositoryTopics.nodes.map(({ topic }) => topic.name),
    /** The branch that was read, and its newest commit; absent where the branch does not exist. */
    branch: ref?.name,
    head: ref?.target.oid,
    /** Git's id of the folder .github/actions: it changes with every file below. Absent without one. */
    actions: node.actions?.oid,
    /** Whether pull requests reach that branch through a merge queue. */
    mergeQueue: node.mergeQueue != null,
    /** The files in .github/workflows on that branch: path to git blob id. */
    workflows: new Map(blobs.map((entry) => [`${workflowFolder}/${entry.name}`, entry.oid])),
  };
}
