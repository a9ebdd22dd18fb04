import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
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
}

export interface PullRequestRequest {
  readonly repository: string;
  /** `https://github.com/acme/api/pull/1` */
  readonly url: string;
}

const fields = "url state mergeable headRef { name }";

const stateSchema = z
  .object({
    url: z.string(),
    state: z.enum(["OPEN", "CLOSED", "MERGED"]),
    mergeable: z.enum(["CONFLICTING", "MERGEABLE", "UNKNOWN"]),
    headRef: z.object({ name: z.string() }).nullable(),
  })
  .transform(({ url, state, mergeable, headRef }): PullRequestState => ({
    ...{ url, state },
    conflicts: mergeable === "CONFLICTING",
    hasBranch: headRef !== null,
  }));

const newestSchema = z.record(
  z.string(),
  z.object({ pullRequests: z.object({ nodes: z.array(stateSchema.nullable()) }) }).nullable(),
);

/** A query of this size costs one point. */
export const pullRequestBatchSize = 50;

/**
 * The newest pull request on the fleet's branch, of up to {@link pullRequestBatchSize} repositories, in their
 * order; nothing where there is none.
 *
 * @throws {GraphqlResponseError} one of them does not exist or may not be seen
 */
export async function readNewestPullRequests(
  github: GitHubClient,
  owner: string,
  repositories: readonly string[],
): Promise<(PullRequestState | undefined)[]> {
  const variables: Record<string, string> = { owner };
  const parts = repositories.map((repository, index) => {
    variables[`name${index}`] = repository;
    return `r${index}: repository(owner: $owner, name: $name${index}) {
      pullRequests(headRefName: "${proposalBranch}", first: 1,
        orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ${fields} } } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query PullRequests(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const request = { canBeHalved: repositories.length > 1 };
  const answer = await github.query(query, { ...variables, request });
  const found = parseAnswer(newestSchema, answer, "the query for pull requests");
  return repositories.map((_, index) => found[`r${index}`]?.pullRequests.nodes[0] ?? undefined);
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
