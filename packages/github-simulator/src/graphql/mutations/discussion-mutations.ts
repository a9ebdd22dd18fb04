import type {
  CloseIssueInput,
  ClosePullRequestInput,
  CreateIssueInput,
  MergePullRequestInput,
  ReopenIssueInput,
} from "@octokit/graphql-schema";
import { parseNodeId } from "../../serializers/node-id.ts";
import { openIssue, setIssueState } from "../../world/discussions/issues.ts";
import {
  closePullRequest,
  mergePullRequest,
  type MergeMethod,
} from "../../world/discussions/pull-requests.ts";
import type { Issue } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import { labelNames, logins, nodeOf, payload } from "../core/mutation-input.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "../core/resolver.ts";
import { writable } from "../core/writable.ts";

/** The mutations of `gh` for issues and pull requests. */
export const discussionMutations: Resolvers<undefined> = {
  createIssue: (_, args, context) => {
    const input = args.input as CreateIssueInput;
    const node = nodeOf(context, input.repositoryId, "Repository");
    const repository = writable(context, node, "CreateIssue");
    context.budget.createContent(context.actor);
    const issue = openIssue(context, repository, {
      title: input.title,
      body: input.body ?? null,
      labels: labelNames(context, input.labelIds ?? []),
      assignees: logins(context, input.assigneeIds ?? []),
      milestone: milestoneNumber(repository, input.milestoneId),
    });
    return payload(input, { issue: { type: "Issue", repository, issue } });
  },
  closeIssue: (_, args, context) => {
    const input = args.input as CloseIssueInput;
    return moveIssue(context, input, "CloseIssue", "closed", input.stateReason?.toLowerCase());
  },
  reopenIssue: (_, args, context) =>
    moveIssue(context, args.input as ReopenIssueInput, "ReopenIssue", "open", undefined),
  closePullRequest: (_, args, context) => {
    const input = args.input as ClosePullRequestInput;
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = writable(context, node, "ClosePullRequest");
    closePullRequest(context, repository, node.pull);
    return payload(input, { pullRequest: node });
  },
  mergePullRequest: (_, args, context) => {
    const input = args.input as MergePullRequestInput;
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = writable(context, node, "MergePullRequest");
    const { pull } = node;
    if (pull.state === "closed" || pull.draft) {
      throw graphqlError("UNPROCESSABLE", "Pull Request is not mergeable");
    }
    if (input.expectedHeadOid != null && input.expectedHeadOid !== pull.head.sha) {
      throw graphqlError(
        "UNPROCESSABLE",
        "Head branch was modified. Review and try the merge again.",
      );
    }
    const method = (input.mergeMethod ?? "MERGE").toLowerCase() as MergeMethod;
    const text = { title: input.commitHeadline, body: input.commitBody };
    mergePullRequest(context, repository, pull, method, text);
    return payload(input, { pullRequest: node });
  },
};

function moveIssue(
  context: GraphqlContext,
  input: CloseIssueInput | ReopenIssueInput,
  mutation: string,
  state: Issue["state"],
  reason: string | undefined,
) {
  const node = nodeOf(context, input.issueId, "Issue");
  const repository = writable(context, node, mutation);
  setIssueState(context, repository, node.issue, state, reason);
  return payload(input, { issue: node });
}

function milestoneNumber({ milestones }: Repository, id: string | null | undefined): number | null {
  if (id == null) return null;
  const { type, parts: [, number] = [] } = parseNodeId(id) ?? {};
  const found = milestones.find((each) => type === "Milestone" && each.number === number);
  if (found !== undefined) return found.number;
  throw graphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}
