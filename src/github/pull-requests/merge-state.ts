import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { pullRequestNumber } from "./read-proposals.ts";

/** What a pull request waits for. */
export interface MergeState {
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  /** Where it was merged: the commit on its base. */
  readonly mergeCommit: string | undefined;
  /** Who closed it; nothing where it is open, or their account is gone. */
  readonly closedBy: string | undefined;
  readonly isDraft: boolean;
  /** Whether GitHub merges it once everything required is met. */
  readonly autoMerge: boolean;
  readonly conflicts: boolean;
  readonly review: "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | null;
  /** Logins, and teams as `acme/platform`. */
  readonly reviewers: readonly string[];
  /** The checks that its base requires, as far as they have started. */
  readonly required: readonly RequiredCheck[];
}

export interface RequiredCheck {
  readonly name: string;
  readonly state: "passed" | "failed" | "pending";
  readonly url: string | undefined;
}

/** @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const states: Readonly<Record<string, RequiredCheck["state"]>> = {
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

const pullSchema = z.object({
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: z.boolean(),
  mergeable: z.string(),
  mergeCommit: z.object({ oid: z.string() }).nullable(),
  reviewDecision: z.enum(["APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"]).nullable(),
  autoMergeRequest: z.object({ mergeMethod: z.string() }).nullable(),
  reviewRequests: z
    .object({ nodes: z.array(z.object({ requestedReviewer: reviewerSchema })) })
    .nullable(),
  timelineItems: z.object({
    nodes: z.array(z.object({ actor: z.object({ login: z.string() }).nullable() })),
  }),
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
});

const answerSchema = z.object({ repository: z.object({ pullRequest: pullSchema }) });

const query = `query MergeState($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    state isDraft mergeable mergeCommit { oid } reviewDecision autoMergeRequest { mergeMethod }
    reviewRequests(first: 20) { nodes { requestedReviewer {
      ... on User { name: login } ... on Team { name: combinedSlug } } } }
    timelineItems(itemTypes: [CLOSED_EVENT], last: 1) {
      nodes { ... on ClosedEvent { actor { login } } } }
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
  const { pullRequest } = parseAnswer(
    answerSchema,
    answer,
    "the query for a pull request",
  ).repository;
  const { reviewRequests, timelineItems, commits } = pullRequest;
  const contexts = commits.nodes[0]?.commit.statusCheckRollup?.contexts.nodes ?? [];
  return {
    state: pullRequest.state,
    mergeCommit: pullRequest.mergeCommit?.oid,
    closedBy: timelineItems.nodes[0]?.actor?.login,
    isDraft: pullRequest.isDraft,
    autoMerge: pullRequest.autoMergeRequest !== null,
    conflicts: pullRequest.mergeable === "CONFLICTING",
    review: pullRequest.reviewDecision,
    reviewers: (reviewRequests?.nodes ?? []).flatMap(
      ({ requestedReviewer }) => requestedReviewer?.name ?? [],
    ),
    required: contexts
      .filter(({ isRequired }) => isRequired)
      .map(({ name: check, result, url: page }) => ({
        name: check,
        state: states[result] ?? "failed",
        url: page ?? undefined,
      })),
  };
}

/** A token of an App may not be allowed to read checks: the rest of the answer is there. */
function withoutForbidden(error: unknown): unknown {
  if (!(error instanceof GraphqlResponseError) || !error.data) throw error;
  const errors = (error.errors ?? []) as readonly { readonly type: string }[];
  if (errors.some(({ type }) => type !== "FORBIDDEN")) throw error;
  return error.data;
}
