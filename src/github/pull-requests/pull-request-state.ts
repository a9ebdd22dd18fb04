import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { queryEach } from "../client/query-each.ts";
import { readBatches } from "../client/read-batches.ts";
import { proposalBranch } from "./proposal.ts";
import { pullRequestNumber } from "./read-proposals.ts";

/** What became of a pull request. */
export interface PullRequestState {
  /** `https://github.com/acme/api/pull/1` */
  readonly url: string;
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  /** Whether it cannot be merged any more, because its base changed the same lines. */
  readonly conflicts: boolean;
  /** Whether its branch still exists. */
  readonly hasBranch: boolean;
  /** Who closed it, and when (ISO-8601); absent while it is open. */
  readonly closed: { readonly by: string | undefined; readonly at: string } | undefined;
}

export interface PullRequestRequest {
  readonly repository: string;
  /** `https://github.com/acme/api/pull/1` */
  readonly url: string;
}

const fields = `url state mergeable closedAt headRef { name }
  timelineItems(itemTypes: [CLOSED_EVENT], last: 1) {
    nodes { ... on ClosedEvent { actor { login } } } }`;

const stateSchema = z
  .object({
    url: z.string(),
    state: z.enum(["OPEN", "CLOSED", "MERGED"]),
    mergeable: z.enum(["CONFLICTING", "MERGEABLE", "UNKNOWN"]),
    closedAt: z.string().nullable(),
    headRef: z.object({ name: z.string() }).nullable(),
    timelineItems: z.object({
      nodes: z.array(z.object({ actor: z.object({ login: z.string() }).nullable() })),
    }),
  })
  .transform(({ url, state, mergeable, closedAt, headRef, timelineItems }): PullRequestState => ({
    ...{ url, state },
    conflicts: mergeable === "CONFLICTING",
    hasBranch: headRef !== null,
    closed:
      closedAt === null ? undefined : { by: timelineItems.nodes[0]?.actor?.login, at: closedAt },
  }));

const newestSchema = z.object({
  pullRequests: z.object({ nodes: z.array(stateSchema.nullable()) }),
});

/** A query of this size costs one point. */
export const pullRequestBatchSize = 50;

/**
 * The newest pull request on the fleet's branch in each of these repositories, by URL. Those that cannot be read are
 * left out.
 */
export async function readNewestPullRequests(
  github: GitHubClient,
  owner: string,
  repositories: readonly string[],
): Promise<ReadonlyMap<string, PullRequestState>> {
  const outcomes = await readBatches(repositories, pullRequestBatchSize, (names) =>
    readBatch(github, owner, names),
  );
  const found = outcomes.flatMap((each) => ("value" in each ? (each.value ?? []) : []));
  return new Map(found.map((each) => [each.url, each]));
}

/**
 * In the order of the repositories; nothing where there is none.
 *
 * @throws {GraphqlResponseError} one of them does not exist or may not be seen
 */
async function readBatch(
  github: GitHubClient,
  owner: string,
  repositories: readonly string[],
): Promise<(PullRequestState | undefined)[]> {
  const found = await queryEach(github, repositories, {
    name: "PullRequests",
    what: "the query for pull requests",
    schema: newestSchema,
    canBeHalved: repositories.length > 1,
    field: (name, variable) => `repository(owner: ${variable(owner)}, name: ${variable(name)}) {
      pullRequests(headRefName: "${proposalBranch}", first: 1,
        orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ${fields} } } }`,
  });
  return found.map((repository) => repository?.pullRequests.nodes[0] ?? undefined);
}

const oneSchema = z.object({ repository: z.object({ pullRequest: stateSchema }) });

/** @throws {GraphqlResponseError} it does not exist or may not be seen */
export async function readPullRequestState(
  github: GitHubClient,
  owner: string,
  { repository: name, url }: PullRequestRequest,
): Promise<PullRequestState> {
  const query = `query PullRequest($owner: String!, $name: String!, $number: Int!) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${fields} } } }`;
  const answer = await github.query(query, { owner, name, number: pullRequestNumber(url) ?? 0 });
  return parseAnswer(oneSchema, answer, "the query for a pull request").repository.pullRequest;
}
