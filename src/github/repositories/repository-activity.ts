import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryEach } from "../client/query-each.ts";
import { proposalFolder } from "../pull-requests/proposal.ts";
import { workflowFolder } from "./repository-snapshot.ts";

/** The history of a repository's workflow files. */
export interface RepositoryActivity {
  /** Its page. */
  readonly url: string;
  /** Commits that touched the workflow folder, newest first. */
  readonly changes: readonly {
    readonly oid: string;
    readonly headline: string;
    /** Login, or the name in the commit. */
    readonly author: string;
    readonly at: string;
    readonly url: string;
  }[];
  /** Open pull requests that propose files, see `proposeFiles`. */
  readonly proposals: readonly {
    readonly number: number;
    readonly title: string;
    readonly openedAt: string;
    readonly url: string;
  }[];
}

/** A query of this size costs about five points of the GraphQL budget. */
export const activityBatchSize = 50;

const activitySchema = z.object({
  url: z.string(),
  object: z
    .object({
      history: z
        .object({
          nodes: z.array(
            z.object({
              oid: z.string(),
              messageHeadline: z.string(),
              committedDate: z.string(),
              url: z.string(),
              author: z
                .object({
                  name: z.string().nullable(),
                  user: z.object({ login: z.string() }).nullable(),
                })
                .nullable(),
            }),
          ),
        })
        .optional(),
    })
    .nullable(),
  refs: z
    .object({
      nodes: z.array(
        z.object({
          associatedPullRequests: z.object({
            nodes: z.array(
              z.object({
                number: z.int(),
                title: z.string(),
                createdAt: z.string(),
                url: z.string(),
              }),
            ),
          }),
        }),
      ),
    })
    .nullable(),
});

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
  return found.map(toActivity);
}

function toActivity(node: z.output<typeof activitySchema> | undefined): RepositoryActivity {
  if (!node) throw new Error("GitHub's answer lacks a requested repository");
  return {
    url: node.url,
    changes: (node.object?.history?.nodes ?? []).map((commit) => ({
      oid: commit.oid,
      headline: commit.messageHeadline,
      author: commit.author?.user?.login ?? commit.author?.name ?? "unknown",
      at: commit.committedDate,
      url: commit.url,
    })),
    proposals: (node.refs?.nodes ?? []).flatMap(({ associatedPullRequests }) =>
      associatedPullRequests.nodes.map(({ number, title, createdAt, url }) => ({
        number,
        title,
        openedAt: createdAt,
        url,
      })),
    ),
  };
}
