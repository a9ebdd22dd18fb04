import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { pullRequestNumber } from "./read-proposals.ts";

/** What became of a pull request. */
export interface PullRequestState {
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

const stateSchema = z.object({
  pullRequest: z
    .object({
      state: z.enum(["OPEN", "CLOSED", "MERGED"]),
      mergeable: z.enum(["CONFLICTING", "MERGEABLE", "UNKNOWN"]),
      headRef: z.object({ name: z.string() }).nullable(),
    })
    .nullable(),
});

/** A query of this size costs one point. */
export const pullRequestBatchSize = 50;

/**
 * What became of up to {@link pullRequestBatchSize} pull requests, in the order of the requests.
 *
 * @throws {GraphqlResponseError} one of them does not exist or may not be seen
 */
export async function readPullRequestStates(
  github: GitHubClient,
  owner: string,
  requests: readonly PullRequestRequest[],
): Promise<(PullRequestState | undefined)[]> {
  const variables: Record<string, string> = { owner };
  const parts = requests.map(({ repository, url }, index) => {
    variables[`name${index}`] = repository;
    return `r${index}: repository(owner: $owner, name: $name${index}) {
      pullRequest(number: ${pullRequestNumber(url) ?? 0}) { state mergeable headRef { name } } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query PullRequests(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const answer = parseAnswer(
    z.record(z.string(), stateSchema.nullable()),
    await github.query(query, variables),
    "the query for pull requests",
  );
  return requests.map((_, index) => {
    const found = answer[`r${index}`]?.pullRequest;
    if (!found) return undefined;
    const { state, mergeable, headRef } = found;
    return { state, conflicts: mergeable === "CONFLICTING", hasBranch: headRef !== null };
  });
}
