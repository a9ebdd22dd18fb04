import type { Session } from "../session.ts";
import { actorName } from "../actor.ts";
import { requiredApprovals, rulesFor } from "../repositories/branch-rules.ts";
import { grantedRole, hasRole, roleIn } from "../accounts/permissions.ts";
import { Refusal } from "../refusal.ts";
import type { BranchRule } from "../state/branch-rule.ts";
import type { PullRequest, Review } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** Reviews a pull request; a reviewer who was requested is removed from the requests. */
export function reviewPullRequest(
  { world, actor }: Session,
  repository: Repository,
  pull: PullRequest,
  { state, body }: Pick<Review, "state" | "body">,
): Review {
  const author = actorName(actor);
  if (author === pull.author && state !== "COMMENTED") {
    const what = state === "APPROVED" ? "approve" : "request changes on";
    throw new Refusal("invalid", `Review Can not ${what} your own pull request`);
  }
  if (body === "" && state !== "APPROVED") throw new Refusal("invalid", "Body cannot be blank");
  const review: Review = {
    id: world.nextId(),
    author,
    state,
    body,
    commit: pull.head.sha,
    submittedAt: world.now(),
  };
  pull.reviews.push(review);
  pull.requestedReviewers = pull.requestedReviewers.filter((login) => login !== author);
  pull.updatedAt = review.submittedAt;
  world.events.emit("pull_request_review", { repository, pull, review, actor });
  return review;
}

/** Whether somebody may be asked: those who can read a repository only because it is public may not. */
export function isCollaborator(world: World, repository: Repository, login: string): boolean {
  return grantedRole(world, login, repository) !== "none";
}

/** Requests reviews from these people, and from no others. */
export function requestReviews(
  { world, actor }: Session,
  repository: Repository,
  pull: PullRequest,
  logins: readonly string[],
): void {
  const before = pull.requestedReviewers;
  pull.requestedReviewers = [...new Set(logins)];
  pull.updatedAt = world.now();
  const emit = (action: "review_requested" | "review_request_removed", reviewer: string) => {
    const { number } = pull;
    world.events.emit("pull_request", { repository, number, action, detail: { reviewer }, actor });
  };
  for (const login of pull.requestedReviewers) {
    if (!before.includes(login)) emit("review_requested", login);
  }
  for (const login of before) {
    if (!pull.requestedReviewers.includes(login)) emit("review_request_removed", login);
  }
}

/** Each reviewer's last review; a comment removes neither an approval nor a rejection. */
function latestOpinions({ reviews }: PullRequest): Review[] {
  const opinions = reviews.filter(({ state }) => state !== "COMMENTED");
  return [...new Map(opinions.map((review) => [review.author, review])).values()];
}

/**
 * Why reviews block a pull request from being merged, or undefined.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches#require-pull-request-reviews-before-merging
 */
export function missingReviews(
  world: World,
  repository: Repository,
  pull: PullRequest,
): string | undefined {
  const rules = rulesFor(world, repository, pull.base.ref).filter(
    (rule) => requiredApprovals(rule) > 0,
  );
  const counted = latestOpinions(pull).filter(({ author }) =>
    hasRole(roleIn(world, author, repository), "write"),
  );
  const needed = Math.max(0, ...rules.map((rule) => missing(rule, pull, counted)));
  if (needed > 0) {
    return `At least ${needed} approving review is required by reviewers with write access.`;
  }
  return rules.length > 0 && counted.some(({ state }) => state === "CHANGES_REQUESTED")
    ? "Changes have been requested."
    : undefined;
}

/** https://docs.github.com/en/graphql/reference/enums#pullrequestreviewdecision; null if no rule requires one. */
export function reviewDecision(world: World, repository: Repository, pull: PullRequest) {
  const rules = rulesFor(world, repository, pull.base.ref);
  if (!rules.some((rule) => requiredApprovals(rule) > 0)) return null;
  const isRefused = latestOpinions(pull).some(({ state }) => state === "CHANGES_REQUESTED");
  if (isRefused) return "CHANGES_REQUESTED";
  const isMissing = missingReviews(world, repository, pull) !== undefined;
  return isMissing ? "REVIEW_REQUIRED" : "APPROVED";
}

/** How many approvals the rule requires, if there are too few. */
function missing(rule: BranchRule, { head }: PullRequest, opinions: readonly Review[]): number {
  const approvals = opinions.filter(
    ({ state, commit }) =>
      state === "APPROVED" && (!rule.reviews.dismissStale || commit === head.sha),
  );
  const asked = requiredApprovals(rule);
  return rule.reviews.lastPushApproval || approvals.length < asked ? asked : 0;
}
