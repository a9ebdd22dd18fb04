import type * as Schema from "@octokit/graphql-schema";
import {
  addComment,
  deleteComment,
  editComment,
  knownLogins,
} from "../../world/discussions/issues.ts";
import { requestReviews, reviewPullRequest } from "../../world/discussions/reviews.ts";
import type { Review } from "../../world/state/discussions.ts";
import {
  discussionOf,
  logins,
  nodeOf,
  refuseInput,
  type MutationContext,
  type Mutations,
} from "../core/mutation.ts";
import { graphqlError } from "../core/resolver.ts";
import { discussable, writable } from "../core/writable.ts";

/** The mutations of `gh pr comment`, `gh issue comment` and `gh pr review`. */
export const commentMutations = {
  addComment(input: Schema.AddCommentInput, context) {
    const { node, repository, item } = discussionOf(context, input.subjectId);
    discussable(context, node);
    assertBody(input.body);
    context.budget.createContent(context.actor);
    const comment = addComment(context, repository, item.number, input.body);
    return {
      subject: node,
      commentEdge: { cursor: "", node: { type: "IssueComment", repository, comment } },
    };
  },
  updateIssueComment(input: Schema.UpdateIssueCommentInput, context) {
    const node = nodeOf(context, input.id, "IssueComment");
    discussable(context, node, node.comment.author);
    assertBody(input.body);
    editComment(context, node.repository, node.comment, input.body);
    return { issueComment: node };
  },
  deleteIssueComment(input: Schema.DeleteIssueCommentInput, context) {
    const { comment, ...node } = nodeOf(context, input.id, "IssueComment");
    deleteComment(context, discussable(context, node, comment.author), comment);
    return {};
  },
  addPullRequestReview(input: Schema.AddPullRequestReviewInput, context) {
    refuseInput(input, "comments", "threads");
    const { pull, ...node } = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = discussable(context, node);
    const state = input.event == null ? undefined : reviewStates[input.event];
    if (state === undefined || (input.commitOID ?? pull.head.sha) !== pull.head.sha) {
      const what = state === undefined ? `a review with event ${String(input.event)}` : "commitOID";
      throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement ${what}`);
    }
    context.budget.createContent(context.actor);
    const review = reviewPullRequest(context, repository, pull, { state, body: input.body ?? "" });
    return { pullRequestReview: { type: "PullRequestReview", repository, pull, review } };
  },
  requestReviews(input: Schema.RequestReviewsInput, context) {
    refuseInput(input, "teamIds", "botIds");
    return askForReviews(context, input, logins(context, input.userIds ?? []));
  },
  requestReviewsByLogin(input: RequestReviewsByLoginInput, context) {
    refuseInput(input, "teamSlugs", "botLogins");
    return askForReviews(context, input, knownLogins(context.world, input.userLogins ?? []));
  },
} satisfies Mutations;

type ReviewRequest = Pick<Schema.RequestReviewsInput, "pullRequestId" | "union">;
type RequestReviewsByLoginInput = ReviewRequest &
  Partial<Record<"userLogins" | "teamSlugs" | "botLogins", string[] | null>>;

function askForReviews(context: MutationContext, input: ReviewRequest, asked: readonly string[]) {
  const node = nodeOf(context, input.pullRequestId, "PullRequest");
  const repository = writable(context, node);
  const { pull } = node;
  if (asked.includes(pull.author)) {
    throw graphqlError("UNPROCESSABLE", "Review cannot be requested from pull request author.");
  }
  const kept = input.union === true ? pull.requestedReviewers : [];
  requestReviews(context, repository, pull, [...kept, ...asked]);
  return { pullRequest: node };
}

/** https://docs.github.com/en/graphql/reference/enums#pullrequestreviewevent */
const reviewStates: Readonly<Partial<Record<Schema.PullRequestReviewEvent, Review["state"]>>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

function assertBody(body: string): void {
  if (body.trim() === "") throw graphqlError("UNPROCESSABLE", "Body cannot be blank");
}
