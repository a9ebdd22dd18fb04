import { GraphqlResponseError } from "@octokit/graphql";
import { readMergeState, type MergeState } from "../../github/pull-requests/merge-state.ts";
import {
  lazily,
  mergeFirst,
  placeOf,
  type Candidate,
  type Check,
  type ProofContext,
  type Verdict,
} from "./verdict.ts";

/**
 * Waits until the pull request of a repository is merged, and then for what the merge starts. A required
 * check that fails ends the wait: people would merge what does not work, or could not merge at all.
 *
 * @param before what has to be proved meanwhile, such as a new credential with the workflows of today
 * @param after starts the proof of the commit that the merge made
 */
export function untilMerged(
  context: ProofContext,
  candidate: Candidate,
  url: string,
  before: Check | undefined,
  after: (commit: string | undefined) => Check,
): Check {
  let isProved = before === undefined;
  let merged: Check | undefined;
  return async () => {
    if (!isProved && before) {
      const verdict = await before();
      if (verdict.state === "waiting" || verdict.state === "failed") return verdict;
      isProved = true;
    }
    if (!merged) {
      const state = await readMergeState(context.github, placeOf(context, candidate), url);
      if (state.state !== "MERGED") return judgeOpen(state, url, candidate);
      merged = after(state.mergeCommit);
    }
    return merged();
  };
}

/**
 * Does not wait for the merge of the pull request of a repository, but for what it started, where it is merged already.
 *
 * @param before as of {@link untilMerged}
 * @param after as of {@link untilMerged}; without a commit, it starts the proof of the branch as it is
 */
export function ifMerged(
  context: ProofContext,
  candidate: Candidate,
  url: string,
  before: Check | undefined,
  after: (commit?: string) => Check,
): Check {
  return lazily(async () => {
    const state = await readMergeState(context.github, placeOf(context, candidate), url).catch(
      asOpen,
    );
    switch (state?.state) {
      case "MERGED":
        // A run of the merge may have been queued before the credential changed.
        return after(before ? undefined : state.mergeCommit);
      case "CLOSED":
        return before ? after() : judgeOpen(state, url, candidate);
      default:
        return before ?? mergeFirst(url);
    }
  });
}

/** A rotation needs no token that may read pull requests. */
function asOpen(error: unknown): undefined {
  if (!(error instanceof GraphqlResponseError)) throw error;
}

function judgeOpen(state: MergeState, url: string, { repository }: Candidate): Verdict {
  if (state.state === "CLOSED") {
    const by = state.closedBy ?? "somebody";
    return { state: "declined", detail: `${by} closed its pull request without a merge`, url };
  }
  const failed = state.required.find((check) => check.state === "failed");
  if (failed) {
    const detail = `the required check "${failed.name}" of its pull request failed: fix it there, then continue`;
    return { state: "failed", detail, url: failed.url ?? url };
  }
  const detail = `its pull request ${describeWait(state, repository.branch)}`;
  return { ...mergeFirst(url), state: "waiting", detail, forMerge: true };
}

/** The checks and people that it waits for. */
function describeWait(state: MergeState, branch: string): string {
  const { isDraft, conflicts, review, reviewers, required, autoMerge } = state;
  const pending = required.filter((check) => check.state === "pending");
  if (isDraft) return "is a draft: mark it as ready for review";
  if (conflicts) return `conflicts with ${branch}: the next update writes it again`;
  if (review === "CHANGES_REQUESTED") return "has a review that requests changes";
  if (review === "REVIEW_REQUIRED" || reviewers.length > 0) {
    return reviewers.length > 0
      ? `waits for a review by ${reviewers.join(", ")}`
      : "waits for a review: nobody is asked";
  }
  if (pending.length > 0) {
    return `waits for the check ${pending.map(({ name }) => `"${name}"`).join(", ")}`;
  }
  return autoMerge ? "waits for what its branch requires" : "waits for somebody to merge it";
}
