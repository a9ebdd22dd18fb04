import { setTimeout as sleep } from "node:timers/promises";
import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import { messagesOf, type FileCommit } from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { isRefusal } from "../client/unless-refused.ts";
import { deleteBranches } from "./close-proposals.ts";
import type { Proposal } from "./proposal.ts";
import { pullRequestNumber, readProposals, type Proposals } from "./read-proposals.ts";

/** How a pull request looks, and who is asked about it. */
export interface PullRequestDetails {
  readonly labels?: readonly string[] | undefined;
  /** Logins. */
  readonly reviewers?: readonly string[] | undefined;
  /** Slugs of teams of the organisation. */
  readonly teamReviewers?: readonly string[] | undefined;
  /** Logins. */
  readonly assignees?: readonly string[] | undefined;
  readonly draft?: boolean | undefined;
  /** How GitHub merges it once everything required is met. */
  readonly autoMerge?: "merge" | "squash" | "rebase" | undefined;
  readonly title?: string | undefined;
  /** Of its commit: the headline, and more lines. */
  readonly commitMessage?: string | undefined;
}

interface Target {
  readonly commit: Pick<FileCommit, "owner" | "repository">;
  readonly url: string;
  readonly details: PullRequestDetails;
}

type Warn = (message: string) => void;

/**
 * Gives a pull request its labels, reviewers and assignees, and lets GitHub merge it, as far as the
 * repository allows that. What is not possible is a warning with the next step: the pull request is there.
 *
 * @returns the commit, where it was merged at once because nothing required is missing
 */
export async function applyDetails(
  github: GitHubClient,
  all: Proposals,
  { commit, url, details }: Target,
  warn: Warn,
): Promise<string | undefined> {
  const { owner, repository: repo } = commit;
  const at = { owner, repo, number: pullRequestNumber(url) ?? 0 };
  await addLabels(github, all, at, details, warn);
  await askReviewers(github, at, details, url, warn);
  await assign(github, at, details, url, warn);
  const { autoMerge } = details;
  if (!autoMerge) return undefined;
  if (!all.allowsAutoMerge) {
    warn(
      `${url} has to be merged by hand: ${owner}/${repo} does not allow auto-merge; allow it at ${all.url}/settings, or remove pullRequests.autoMerge`,
    );
    return undefined;
  }
  return mergeWhenReady(github, all.branch, { commit, url }, autoMerge, warn);
}

interface At {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** GitHub would create labels that do not exist, with a colour of its own. */
async function addLabels(
  github: GitHubClient,
  { unknownLabels, url }: Proposals,
  at: At,
  { labels = [] }: PullRequestDetails,
  warn: Warn,
): Promise<void> {
  if (unknownLabels.length > 0) {
    const names = unknownLabels.map((name) => JSON.stringify(name)).join(", ");
    warn(
      `${at.owner}/${at.repo} has no label ${names}: create it at ${url}/labels, or correct pullRequests.labels`,
    );
  }
  const known = labels.filter((label) => !unknownLabels.includes(label));
  if (known.length === 0) return;
  const route = "POST /repos/{owner}/{repo}/issues/{number}/labels";
  await github.request(route, { ...at, labels: known });
}

/**
 * GitHub refuses a list as a whole because of one name, and does not say which: then each is asked alone.
 *
 * @see https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request
 */
async function askReviewers(
  github: GitHubClient,
  at: At,
  { reviewers = [], teamReviewers = [] }: PullRequestDetails,
  url: string,
  warn: Warn,
): Promise<void> {
  if (reviewers.length + teamReviewers.length === 0) return;
  const route = "POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers";
  const ask = async (people: readonly string[], teams: readonly string[]) => {
    try {
      await github.request(route, { ...at, reviewers: people, team_reviewers: teams });
      return undefined;
    } catch (error) {
      if (!isRefusal(error, [403, 404, 422])) throw error;
      return error.message.split(" - https:")[0] ?? error.message;
    }
  };
  if ((await ask(reviewers, teamReviewers)) === undefined) return;
  const { owner, repo } = at;
  for (const login of reviewers) {
    const why = await ask([login], []);
    if (why === undefined) continue;
    warn(
      /author/.test(why)
        ? `${login} is not asked to review ${url}, because its author cannot review it: name somebody else in pullRequests.reviewers`
        : `${login} cannot be asked to review ${url} (${why}): give them access to ${owner}/${repo}, or correct pullRequests.reviewers`,
    );
  }
  for (const slug of teamReviewers) {
    const why = await ask([], [slug]);
    if (why === undefined) continue;
    warn(
      `the team ${slug} cannot be asked to review ${url} (${why}): give it access to ${owner}/${repo}, or correct pullRequests.teamReviewers`,
    );
  }
}

const assignedSchema = z.object({
  assignees: z.array(z.object({ login: z.string() })).nullish(),
});

/** GitHub leaves out those without access, and says nothing. */
async function assign(
  github: GitHubClient,
  at: At,
  { assignees = [] }: PullRequestDetails,
  url: string,
  warn: Warn,
): Promise<void> {
  if (assignees.length === 0) return;
  const route = "POST /repos/{owner}/{repo}/issues/{number}/assignees";
  const body = { ...at, assignees: [...assignees] };
  const { assignees: assigned } = await readAnswer(github, assignedSchema, route, body);
  const has = new Set((assigned ?? []).map(({ login }) => login.toLowerCase()));
  for (const login of assignees.filter((each) => !has.has(each.toLowerCase()))) {
    warn(
      `${login} cannot be assigned to ${url}: give them access to ${at.owner}/${at.repo}, or correct pullRequests.assignees`,
    );
  }
}

const mergedSchema = z.object({
  mergePullRequest: z.object({
    pullRequest: z.object({ mergeCommit: z.object({ oid: z.string() }).nullable() }),
  }),
});

/** How long to wait before each attempt, in milliseconds. */
const pauses = [0, 500, 1000, 2000, 4000];

/**
 * Right after a push, GitHub does not know yet whether a pull request can be merged, and refuses for as long.
 */
async function mergeWhenReady(
  github: GitHubClient,
  branch: string,
  { commit, url }: Pick<Target, "commit" | "url">,
  method: NonNullable<PullRequestDetails["autoMerge"]>,
  warn: Warn,
): Promise<string | undefined> {
  let refused = "";
  for (const pause of pauses) {
    await sleep(pause);
    const now = await readProposals(github, {
      branch,
      commit: { ...commit, additions: {}, deletions: [] },
    });
    const { open } = now;
    if (!open) return undefined;
    if (open.others.length > 0) {
      refused = `it has commits by ${open.others.join(", ")}`;
      break;
    }
    const outcome = await tryMerge(github, open, method);
    if ("merged" in outcome) {
      if (outcome.merged !== undefined) await deleteBranches(github, now, commit, [open]);
      return outcome.merged;
    }
    refused = outcome.refused;
    const mayPass = open.mergeable === "UNKNOWN" || isPassing.test(refused);
    if (!mayPass || open.mergeable === "CONFLICTING") break;
  }
  warn(`${url} has to be merged by hand: ${refused}`);
  return undefined;
}

/** @see https://github.com/peter-evans/enable-pull-request-automerge/issues/355 */
const isPassing = /unknown status|not mergeable|base branch was modified/i;

/** A person who let GitHub merge it, too, may do so again. */
export async function stopAutoMerge(
  github: GitHubClient,
  { id, autoMerge }: Pick<Proposal, "id" | "autoMerge">,
): Promise<void> {
  if (!autoMerge) return;
  await github.graphql(
    `mutation StopAutoMerge($input: DisablePullRequestAutoMergeInput!) {
      disablePullRequestAutoMerge(input: $input) { clientMutationId } }`,
    { input: { pullRequestId: id } },
  );
}

type Attempt =
  /** The commit; nothing where GitHub merges it later. */
  { readonly merged: string | undefined } | { readonly refused: string };

/** GitHub refuses auto-merge where nothing is missing, and expects a merge then. */
async function tryMerge(
  github: GitHubClient,
  { id, head }: Proposal,
  method: NonNullable<PullRequestDetails["autoMerge"]>,
): Promise<Attempt> {
  // What others push meanwhile is not merged.
  const input = { pullRequestId: id, mergeMethod: method.toUpperCase(), expectedHeadOid: head };
  try {
    await github.graphql(
      `mutation MergeLater($input: EnablePullRequestAutoMergeInput!) {
        enablePullRequestAutoMerge(input: $input) { clientMutationId } }`,
      { input },
    );
    return { merged: undefined };
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error;
    if (!/(?:clean|unstable) status/.test(error.message)) {
      return { refused: `GitHub refuses auto-merge (${reasonOf(error)})` };
    }
  }
  try {
    const answer = await github.graphql(
      `mutation MergeNow($input: MergePullRequestInput!) {
        mergePullRequest(input: $input) { pullRequest { mergeCommit { oid } } } }`,
      { input },
    );
    const { pullRequest } = parseAnswer(mergedSchema, answer, "the merge").mergePullRequest;
    return { merged: pullRequest.mergeCommit?.oid };
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error;
    return { refused: `GitHub refuses the merge (${reasonOf(error)})` };
  }
}

function reasonOf(error: GraphqlResponseError<unknown>): string {
  return messagesOf(error).join("; ").slice(0, 200);
}
