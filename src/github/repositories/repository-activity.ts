import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryEach } from "../client/query-each.ts";
import { proposalFolder } from "../pull-requests/proposal.ts";
import { workflowFolder } from "./repository-snapshot.ts";

/** A query of this size costs about five points of the GraphQL budget. */
export const activityBatchSize = 50;

const commitSchema = z
  .object({
    oid: z.string(),
    messageHeadline: z.string(),
    committedDate: z.string(),
    url: z.string(),
    author: z
      .object({ name: z.string().nullable(), user: z.object({ login: z.string() }).nullable() })
      .nullable(),
  })
  .transform(({ messageHeadline, committedDate, author, ...commit }) => ({
    ...commit,
    headline: messageHeadline,
    /** Login, or the name in the commit. */
    author: author?.user?.login ?? author?.name ?? "unknown",
    at: committedDate,
  }));

const proposalSchema = z
  .object({ number: z.int(), title: z.string(), createdAt: z.string(), url: z.string() })
  .transform(({ createdAt, ...proposal }) => ({ ...proposal, openedAt: createdAt }));

const nodesOf = <Schema extends z.ZodType>(schema: Schema) => z.object({ nodes: z.array(schema) });

const activitySchema = z
  .object({
    url: z.string(),
    object: z.object({ history: nodesOf(commitSchema).optional() }).nullable(),
    refs: nodesOf(z.object({ associatedPullRequests: nodesOf(proposalSchema) })).nullable(),
  })
  .transform(({ url, object, refs }) => ({
    /** Its page. */
    url,
    /** Commits that touched the workflow folder, newest first. */
    changes: object?.history?.nodes ?? [],
    /** Open pull requests that propose files, see `proposeFiles`. */
    proposals: (refs?.nodes ?? []).flatMap((ref) => ref.associatedPullRequests.nodes),
  }));

/** The history of a repository's workflow files. */
export type RepositoryActivity = Readonly<z.output<typeof activitySchema>>;

const fields = `
  url
  refs(refPrefix: "refs/heads/${proposalFolder}/", first: 5) {
    nodes { associatedPullRequests(states: [OPEN], first: 1) {
      nodes { number title createdAt url } } } }`;

const history = `{ ... on Commit { history(first: 10, path: "${workflowFolder}") {
  nodes { oid messageHeadline committedDate url author { name user { login } } } } } }`;

/**
 * Reads the history of the workflow files of up to {@link activityBatchSize} repositories.
 *
 * @returns in the order of the requests
 * @throws {GraphqlResponseError} one of them does not exist or may not be seen
 * @see https://docs.github.com/en/graphql/reference/objects#commit
 */
export async function readActivity(
  github: GitHubClient,
  owner: string,
  requests: readonly { readonly name: string; readonly branch: string }[],
): Promise<RepositoryActivity[]> {
  const found = await queryEach(github, requests, {
    name: "Activity",
    what: "the query for the history of repositories",
    schema: activitySchema,
    field: (
      { name, branch },
      variable,
    ) => `repository(owner: ${variable(owner)}, name: ${variable(name)}) {
      ${fields} object(expression: ${variable(`refs/heads/${branch}`)}) ${history} }`,
  });
  return found.map((activity) => {
    if (!activity) throw new Error("GitHub's answer lacks a requested repository");
    return activity;
  });
}
