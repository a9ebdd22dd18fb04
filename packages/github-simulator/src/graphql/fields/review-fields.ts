import { associationOf } from "../../serializers/issue.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import { findTeamById } from "../../world/accounts/teams.ts";
import { latestOpinions, reviewDecision } from "../../world/discussions/reviews.ts";
import type { PullRequest, Review } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { World } from "../../world/world.ts";
import { connection } from "../core/connection.ts";
import { authorNode } from "./issue-fields.ts";
import { accountNode, gitNode, idOf, type Node } from "../core/node.ts";
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
    connection([...pull.requestedReviewers, ...pull.requestedTeams], args, info, (reviewer) => ({
      id: nodeId("PullRequestReview", repository.id, pull.number, String(reviewer)),
      asCodeOwner: false,
      requestedReviewer: reviewerNode(world, reviewer),
    })),
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

/** @param reviewer a login, or the id of a team */
function reviewerNode(world: World, reviewer: string | number): Node | null {
  if (typeof reviewer === "number") {
    const found = findTeamById(world, reviewer);
    return found === undefined ? null : { type: "Team", ...found };
  }
  const account = world.findUser(reviewer);
  return account === undefined ? null : accountNode(account);
}

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
