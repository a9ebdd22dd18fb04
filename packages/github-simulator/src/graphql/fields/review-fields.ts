import { associationOf } from "../../serializers/issue.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import { latestOpinions, reviewDecision } from "../../world/discussions/reviews.ts";
import type { PullRequest, Review } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import { connection } from "../core/connection.ts";
import { authorNode } from "./issue-fields.ts";
import { accountNode, gitNode, idOf } from "../core/node.ts";
import { graphqlError, type Arguments, type Resolvers } from "../core/resolver.ts";

type PullSource = { repository: Repository; pull: PullRequest };

/** A pull request's fields about its reviews. */
export const reviewedFields: Resolvers<PullSource> = {
  reviewDecision: ({ repository, pull }, _, { world }) => reviewDecision(world, repository, pull),
  reviews: (source, args, _, info) =>
    connection(selectReviews(source.pull, args), args, info, reviewOf(source)),
  latestReviews: (source, args, _, info) =>
    connection(latestReviews(source.pull), args, info, reviewOf(source)),
  latestOpinionatedReviews: (source, args, _, info) => {
    if (args.writersOnly === true) {
      throw graphqlError("NOT_IMPLEMENTED", "the simulator does not implement writersOnly");
    }
    return connection(latestOpinions(source.pull), args, info, reviewOf(source));
  },
  reviewRequests: ({ repository, pull }, args, { world }, info) =>
    connection(pull.requestedReviewers, args, info, (login) => {
      const account = world.findUser(login);
      return {
        id: nodeId("PullRequestReview", repository.id, pull.number, login),
        asCodeOwner: false,
        requestedReviewer: account === undefined ? null : accountNode(account),
      };
    }),
};

export const reviewFields: Resolvers<PullSource & { review: Review }> = {
  id: (source) => idOf({ type: "PullRequestReview", ...source }),
  databaseId: ({ review }) => review.id,
  author: ({ review }, _, context) => authorNode(review.author, context),
  authorAssociation: ({ repository, review }, _, { world }) =>
    associationOf(world, review.author, repository),
  body: ({ review }) => review.body,
  state: ({ review }) => review.state,
  commit: ({ repository, review }) => gitNode(repository, review.commit),
  createdAt: ({ review }) => review.submittedAt,
  submittedAt: ({ review }) => review.submittedAt,
  updatedAt: ({ review }) => review.submittedAt,
  includesCreatedEdit: () => false,
  reactionGroups: () => [],
  viewerDidAuthor: ({ review }, _, { actor }) => review.author === actor.login,
  pullRequest: ({ repository, pull }) => ({ type: "PullRequest", repository, pull }),
  repository: ({ repository }) => ({ type: "Repository", repository }),
  url: ({ repository, pull, review }) =>
    `${repositoryHtmlUrl(repository)}/pull/${pull.number}#pullrequestreview-${review.id}`,
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
