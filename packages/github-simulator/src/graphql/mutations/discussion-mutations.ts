import type * as Schema from "@octokit/graphql-schema";
import { parseNodeId } from "../../serializers/node-id.ts";
import { openIssue, setIssueState } from "../../world/discussions/issues.ts";
import {
  mergePullRequest,
  openPullRequest,
  type MergeMethod,
} from "../../world/discussions/pull-requests.ts";
import { closePullRequest } from "../../world/repositories/close-pull-request.ts";
import { withoutOwner } from "../../world/names.ts";
import type { Issue } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import { unresolved } from "../core/find-node.ts";
import {
  labelNames,
  logins,
  nodeOf,
  type MutationContext,
  type Mutations,
} from "../core/mutation.ts";
import { graphqlError } from "../core/resolver.ts";
import { discussable, writable } from "../core/writable.ts";

/** The mutations of `gh` for issues and pull requests. */
export const discussionMutations = {
  createIssue(input: Schema.CreateIssueInput, context) {
    const repository = discussable(context, nodeOf(context, input.repositoryId, "Repository"));
    if (!repository.settings.has_issues) {
      throw graphqlError("UNPROCESSABLE", "Issues has been disabled in this repository.");
    }
    context.budget.createContent(context.actor);
    const issue = openIssue(context, repository, {
      title: input.title,
      body: input.body ?? null,
      labels: labelNames(context, input.labelIds ?? []),
      assignees: logins(context, input.assigneeIds ?? []),
      milestone: milestoneNumber(repository, input.milestoneId),
    });
    return { issue: { type: "Issue", repository, issue } };
  },
  closeIssue(input: Schema.CloseIssueInput, context) {
    return moveIssue(context, input.issueId, "closed", input.stateReason?.toLowerCase());
  },
  reopenIssue: (input: Schema.ReopenIssueInput, context) =>
    moveIssue(context, input.issueId, "open", undefined),
  createPullRequest(input: Schema.CreatePullRequestInput, context) {
    const repository = writable(context, nodeOf(context, input.repositoryId, "Repository"));
    context.budget.createContent(context.actor);
    const pull = openPullRequest(context, repository, {
      title: input.title,
      body: input.body ?? null,
      head: withoutOwner(repository.owner, input.headRefName.replace(/^refs\/heads\//, "")) ?? "",
      base: input.baseRefName.replace(/^refs\/heads\//, ""),
      draft: input.draft ?? false,
      maintainerCanModify: input.maintainerCanModify ?? true,
    });
    return { pullRequest: { type: "PullRequest", repository, pull } };
  },
  closePullRequest(input: Schema.ClosePullRequestInput, context) {
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    closePullRequest(context, writable(context, node), node.pull);
    return { pullRequest: node };
  },
  mergePullRequest(input: Schema.MergePullRequestInput, context) {
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = writable(context, node);
    const { pull } = node;
    if (pull.state === "closed" || pull.draft) {
      throw graphqlError("UNPROCESSABLE", "Pull Request is not mergeable");
    }
    if (input.expectedHeadOid != null && input.expectedHeadOid !== pull.head.sha) {
      const message = "Head branch was modified. Review and try the merge again.";
      throw graphqlError("UNPROCESSABLE", message);
    }
    const text = { title: input.commitHeadline, body: input.commitBody };
    mergePullRequest(context, repository, pull, methodOf(input.mergeMethod), text);
    return { pullRequest: node };
  },
} satisfies Mutations;

export function methodOf(asked: Schema.PullRequestMergeMethod | null | undefined): MergeMethod {
  return (asked ?? "MERGE").toLowerCase() as MergeMethod;
}

function moveIssue(
  context: MutationContext,
  id: string,
  state: Issue["state"],
  reason: string | undefined,
) {
  const node = nodeOf(context, id, "Issue");
  setIssueState(context, writable(context, node), node.issue, state, reason);
  return { issue: node };
}

function milestoneNumber({ milestones }: Repository, id: string | null | undefined): number | null {
  if (id == null) return null;
  const { type, parts: [, number] = [] } = parseNodeId(id) ?? {};
  const found = milestones.find((each) => type === "Milestone" && each.number === number);
  if (found !== undefined) return found.number;
  throw unresolved(id);
}
