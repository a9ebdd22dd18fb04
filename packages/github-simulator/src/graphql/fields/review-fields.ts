import { associationOf } from "../../serializers/issue.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { reviewDecision } from "../../world/discussions/reviews.ts";
import type { PullRequest, Review } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import { gitNode, idOf, userNode, granteeNode } from "../core/node.ts";
import { type Arguments, type Resolvers, fieldsOf } from "../core/resolver.ts";

type PullSource = { repository: Repository; pull: PullRequest };

/** A pull request's fields about its reviews. */
export const reviewedFields: Resolvers<PullSource> = {
  reviewDecision: ({ repository, pull }, _, { world }) => reviewDecision(world, repository, pull),
  reviews: (source, args) => selectReviews(source.pull, args).map(reviewOf(source)),
  latestReviews: (source) => latestReviews(source.pull).map(reviewOf(source)),
  reviewRequests: ({ repository, pull }, _, context) =>
    [...pull.requestedReviewers, ...pull.requestedTeams].map((reviewer) => ({
      id: nodeId("PullRequestReview", repository.id, pull.number, String(reviewer)),
      asCodeOwner: false,
      requestedReviewer: granteeNode(reviewer, context),
    })),
};

export const reviewFields: Resolvers<PullSource & { review: Review }> = {
  id: (source) => idOf({ type: "PullRequestReview", ...source }),
  author: ({ review }, _, context) => userNode(review.author, context),
  authorAssociation: ({ repository, review }, _, { world }) =>
    associationOf(world, review.author, repository),
  ...fieldsOf<Review>("review", ["body", "state", "submittedAt"]),
  commit: ({ repository, review }) => gitNode(repository, review.commit),
  reactionGroups: () => [],
};

function reviewOf(source: PullSource) {
  return (review: Review) => ({ type: "PullRequestReview", ...source, review }) as const;
}

function selectReviews({ reviews }: PullRequest, { author, states }: Arguments): Review[] {
  return reviews.filter(
    (review) =>
      (author == null || review.author === author) &&
      (states == null || (states as string[]).includes(review.state)),
  );
}

/** The last review of each reviewer, unless another one is requested from them. */
function latestReviews({ reviews, requestedReviewers }: PullRequest): Review[] {
  const latest = new Map(reviews.map((review) => [review.author, review]));
  return [...latest.values()].filter(({ author }) => !requestedReviewers.includes(author));
}
