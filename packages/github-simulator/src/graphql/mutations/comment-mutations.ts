import type {
  AddCommentInput,
  AddPullRequestReviewInput,
  DeleteIssueCommentInput,
  PullRequestReviewEvent,
  RequestReviewsInput,
  UpdateIssueCommentInput,
} from "@octokit/graphql-schema";
import {
  addComment,
  deleteComment,
  editComment,
  knownLogins,
} from "../../world/discussions/issues.ts";
import { requestReviews, reviewPullRequest } from "../../world/discussions/reviews.ts";
import type { Review } from "../../world/state/discussions.ts";
import { discussionOf, logins, refuseInput, nodeOf, payload } from "../core/mutation-input.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "../core/resolver.ts";
import { discussable, writable } from "../core/writable.ts";

/** The mutations of `gh pr comment`, `gh issue comment` and `gh pr review`. */
export const commentMutations: Resolvers<undefined> = {
  addComment: (_, args, context) => {
    const input = args.input as AddCommentInput;
    const { actor, budget } = context;
    const { node, repository, item } = discussionOf(context, input.subjectId);
    discussable(context, node, "AddComment");
    assertBody(input.body);
    budget.createContent(actor);
    const comment = addComment(context, repository, item.number, input.body);
    return payload(input, {
      subject: node,
      commentEdge: { cursor: "", node: { type: "IssueComment", repository, comment } },
    });
  },
  updateIssueComment: (_, args, context) => {
    const input = args.input as UpdateIssueCommentInput;
    const node = nodeOf(context, input.id, "IssueComment");
    discussable(context, node, "UpdateIssueComment", node.comment.author);
    assertBody(input.body);
    editComment(context, node.repository, node.comment, input.body);
    return payload(input, { issueComment: node });
  },
  deleteIssueComment: (_, args, context) => {
    const input = args.input as DeleteIssueCommentInput;
    const { comment, ...node } = nodeOf(context, input.id, "IssueComment");
    const repository = discussable(context, node, "DeleteIssueComment", comment.author);
    deleteComment(context, repository, comment);
    return payload(input, {});
  },
  addPullRequestReview: (_, args, context) => {
    const input = args.input as AddPullRequestReviewInput;
    refuseInput({ ...input }, "comments", "threads");
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = discussable(context, node, "AddPullRequestReview");
    const { pull } = node;
    const state = input.event == null ? undefined : reviewStates[input.event];
    if (state === undefined || (input.commitOID ?? pull.head.sha) !== pull.head.sha) {
      const what = state === undefined ? `a review with event ${String(input.event)}` : "commitOID";
      throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement ${what}`);
    }
    context.budget.createContent(context.actor);
    const review = reviewPullRequest(context, repository, pull, {
      state,
      body: input.body ?? "",
    });
    return payload(input, {
      pullRequestReview: { type: "PullRequestReview", repository, pull, review },
    });
  },
  requestReviews: (_, args, context) => {
    const input = args.input as RequestReviewsInput;
    refuseInput({ ...input }, "teamIds", "botIds");
    return askForReviews(context, input, "RequestReviews", logins(context, input.userIds ?? []));
  },
  requestReviewsByLogin: (_, args, context) => {
    const input = args.input as ReviewRequest & { userLogins?: string[] | null };
    refuseInput({ ...input }, "teamSlugs", "botLogins");
    const people = knownLogins(context.world, input.userLogins ?? []);
    return askForReviews(context, input, "RequestReviewsByLogin", people);
  },
};

type ReviewRequest = Pick<RequestReviewsInput, "pullRequestId" | "union" | "clientMutationId">;

function askForReviews(
  context: GraphqlContext,
  input: ReviewRequest,
  mutation: string,
  asked: readonly string[],
) {
  const node = nodeOf(context, input.pullRequestId, "PullRequest");
  const repository = writable(context, node, mutation);
  const { pull } = node;
  if (asked.includes(pull.author)) {
    throw graphqlError("UNPROCESSABLE", "Review cannot be requested from pull request author.");
  }
  const kept = input.union === true ? pull.requestedReviewers : [];
  requestReviews(context, repository, pull, [...kept, ...asked]);
  return payload(input, { pullRequest: node });
}

/** https://docs.github.com/en/graphql/reference/enums#pullrequestreviewevent */
const reviewStates: Readonly<Partial<Record<PullRequestReviewEvent, Review["state"]>>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

function assertBody(body: string): void {
  if (body.trim() === "") throw graphqlError("UNPROCESSABLE", "Body cannot be blank");
}
