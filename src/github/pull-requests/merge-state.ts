import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { closedFields, closedSchema } from "./proposal.ts";
import { pullRequestNumber } from "./read-proposals.ts";

/** @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const states: Readonly<Record<string, "passed" | "pending">> = {
  SUCCESS: "passed",
  NEUTRAL: "passed",
  SKIPPED: "passed",
  EXPECTED: "pending",
  PENDING: "pending",
};

const contextSchema = z.union([
  z
    .object({
      name: z.string(),
      conclusion: z.string().nullable(),
      url: z.string().nullable(),
      isRequired: z.boolean(),
    })
    .transform(({ conclusion, ...check }) => ({ ...check, result: conclusion ?? "PENDING" })),
  z.object({
    name: z.string(),
    result: z.string(),
    url: z.string().nullable(),
    isRequired: z.boolean(),
  }),
]);

const reviewerSchema = z.object({ name: z.string().optional() }).nullable();

const pullSchema = closedSchema
  .omit({ closedAt: true })
  .extend({
    state: z.enum(["OPEN", "CLOSED", "MERGED"]),
    isDraft: z.boolean(),
    mergeable: z.string(),
    mergeCommit: z.object({ oid: z.string() }).nullable(),
    reviewDecision: z.enum(["APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"]).nullable(),
    autoMergeRequest: z.object({ mergeMethod: z.string() }).nullable(),
    reviewRequests: z
      .object({ nodes: z.array(z.object({ requestedReviewer: reviewerSchema })) })
      .nullable(),
    commits: z.object({
      nodes: z.array(
        z.object({
          commit: z.object({
            statusCheckRollup: z
              .object({ contexts: z.object({ nodes: z.array(contextSchema) }) })
              .nullable(),
          }),
        }),
      ),
    }),
  })
  .transform((pull) => ({
    state: pull.state,
    /** Where it was merged: the commit on its base. */
    mergeCommit: pull.mergeCommit?.oid,
    /** Who closed it; nothing where it is open, or their account is gone. */
    closedBy: pull.timelineItems.nodes[0]?.actor?.login,
    isDraft: pull.isDraft,
    /** Whether GitHub merges it once everything required is met. */
    autoMerge: pull.autoMergeRequest !== null,
    conflicts: pull.mergeable === "CONFLICTING",
    review: pull.reviewDecision,
    /** Logins, and teams as `acme/platform`. */
    reviewers: (pull.reviewRequests?.nodes ?? []).flatMap(
      ({ requestedReviewer }) => requestedReviewer?.name ?? [],
    ),
    /** The checks that its base requires, as far as they have started. */
    required: (pull.commits.nodes[0]?.commit.statusCheckRollup?.contexts.nodes ?? [])
      .filter(({ isRequired }) => isRequired)
      .map(({ name, result, url }) => ({
        name,
        state: states[result] ?? ("failed" as const),
        url: url ?? undefined,
      })),
  }));

/** What a pull request waits for. */
export type MergeState = Readonly<z.output<typeof pullSchema>>;

const answerSchema = z.object({ repository: z.object({ pullRequest: pullSchema }) });

const query = `query MergeState($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    state isDraft mergeable mergeCommit { oid } reviewDecision autoMergeRequest { mergeMethod }
    reviewRequests(first: 20) { nodes { requestedReviewer {
      ... on User { name: login } ... on Team { name: combinedSlug } } } }
    ${closedFields}
    commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) { nodes {
      ... on CheckRun {
        name conclusion url: detailsUrl isRequired(pullRequestNumber: $number) }
      ... on StatusContext {
        name: context result: state url: targetUrl isRequired(pullRequestNumber: $number) }
    } } } } } } } } }`;

/**
 * @param url of the pull request
 * @throws {GraphqlResponseError} it does not exist or may not be seen
 */
export async function readMergeState(
  github: GitHubClient,
  { owner, repository: name }: { readonly owner: string; readonly repository: string },
  url: string,
): Promise<MergeState> {
  const variables = { owner, name, number: pullRequestNumber(url) ?? 0 };
  const answer = await github.query(query, variables).catch(withoutForbidden);
  const what = "the query for a pull request";
  return parseAnswer(answerSchema, answer, what).repository.pullRequest;
}

/** A token of an App may not be allowed to read checks: the rest of the answer is there. */
function withoutForbidden(error: unknown): unknown {
  if (!(error instanceof GraphqlResponseError) || !error.data) throw error;
  const errors = (error.errors ?? []) as readonly { readonly type: string }[];
  if (errors.some(({ type }) => type !== "FORBIDDEN")) throw error;
  return error.data;
}
