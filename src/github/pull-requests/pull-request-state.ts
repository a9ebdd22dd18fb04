import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { queryBatches } from "../client/query-each.ts";
import { closedFields, closedOf, closedSchema, proposalBranch } from "./proposal.ts";
import { pullRequestNumber } from "./read-proposals.ts";

export interface PullRequestRequest {
  readonly repository: string;
  /** `https://github.com/acme/api/pull/1` */
  readonly url: string;
}

const fields = `url state mergeable headRef { name } ${closedFields}`;

const stateSchema = closedSchema
  .extend({
    url: z.string(),
    state: z.enum(["OPEN", "CLOSED", "MERGED"]),
    mergeable: z.enum(["CONFLICTING", "MERGEABLE", "UNKNOWN"]),
    headRef: z.object({ name: z.string() }).nullable(),
  })
  .transform((found) => ({
    /** `https://github.com/acme/api/pull/1` */
    url: found.url,
    state: found.state,
    /** Whether it cannot be merged any more, because its base changed the same lines. */
    conflicts: found.mergeable === "CONFLICTING",
    /** Whether its branch still exists. */
    hasBranch: found.headRef !== null,
    closed: closedOf(found),
  }));

/** What became of a pull request. */
export type PullRequestState = Readonly<z.output<typeof stateSchema>>;

const newestSchema = z
  .object({ pullRequests: z.object({ nodes: z.array(stateSchema.nullable()) }) })
  .transform(({ pullRequests }) => pullRequests.nodes[0] ?? undefined);

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
  const outcomes = await queryBatches(github, repositories, pullRequestBatchSize, {
    name: "PullRequests",
    what: "the query for pull requests",
    schema: newestSchema,
    field: (name, variable) => `repository(owner: ${variable(owner)}, name: ${variable(name)}) {
      pullRequests(headRefName: "${proposalBranch}", first: 1,
        orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ${fields} } } }`,
  });
  const found = outcomes.flatMap((each) => ("value" in each ? (each.value ?? []) : []));
  return new Map(found.map((each) => [each.url, each]));
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
