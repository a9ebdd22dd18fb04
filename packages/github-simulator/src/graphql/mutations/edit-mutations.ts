import type {
  AddAssigneesToAssignableInput,
  AddLabelsToLabelableInput,
  ConvertPullRequestToDraftInput,
  MarkPullRequestReadyForReviewInput,
  RemoveAssigneesFromAssignableInput,
  RemoveLabelsFromLabelableInput,
  ReopenPullRequestInput,
  UpdateIssueInput,
  UpdatePullRequestInput,
} from "@octokit/graphql-schema";
import { editDiscussion, setIssueState } from "../../world/discussions/issues.ts";
import {
  closePullRequest,
  reopenPullRequest,
  setBase,
  setDraft,
} from "../../world/discussions/pull-requests.ts";
import { branchHead } from "../../world/objects/repository-git.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import {
  discussionOf,
  labelNames,
  logins,
  refuseInput,
  nodeOf,
  payload,
} from "../core/mutation-input.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "../core/resolver.ts";
import { discussable, writable } from "../core/writable.ts";

/** The mutations of `gh pr edit`, `gh issue edit`, `gh pr ready` and `gh pr reopen`. */
export const editMutations: Resolvers<undefined> = {
  updateIssue: (_, args, context) => {
    const input = args.input as UpdateIssueInput;
    refuseInput({ ...input }, "milestoneId", "projectIds", "issueTypeId");
    const node = nodeOf(context, input.id, "Issue");
    discussable(context, node, "UpdateIssue", node.issue.author);
    change(context, node.repository, node.issue, input);
    if (input.state != null) {
      const state = input.state === "OPEN" ? "open" : "closed";
      setIssueState(context, node.repository, node.issue, state, undefined);
    }
    return payload(input, { issue: node });
  },
  updatePullRequest: (_, args, context) => {
    const input = args.input as UpdatePullRequestInput;
    refuseInput({ ...input }, "milestoneId", "projectIds");
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const { repository, pull } = node;
    discussable(context, node, "UpdatePullRequest", pull.author);
    const base = input.baseRefName?.replace(/^refs\/heads\//, "");
    if (base !== undefined && branchHead(repository, base) === undefined) {
      throw graphqlError("UNPROCESSABLE", "Base does not exist");
    }
    change(context, repository, pull, input);
    if (base !== undefined) setBase(context, repository, pull, base);
    pull.maintainerCanModify = input.maintainerCanModify ?? pull.maintainerCanModify;
    if (input.state === "CLOSED") closePullRequest(context, repository, pull);
    if (input.state === "OPEN") reopenPullRequest(context, repository, pull);
    return payload(input, { pullRequest: node });
  },
  reopenPullRequest: (_, args, context) => {
    const input = args.input as ReopenPullRequestInput;
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = discussable(context, node, "ReopenPullRequest", node.pull.author);
    reopenPullRequest(context, repository, node.pull);
    return payload(input, { pullRequest: node });
  },
  convertPullRequestToDraft: (_, args, context) =>
    turn(context, args.input as ConvertPullRequestToDraftInput, "ConvertPullRequestToDraft", true),
  markPullRequestReadyForReview: (_, args, context) => {
    const input = args.input as MarkPullRequestReadyForReviewInput;
    return turn(context, input, "MarkPullRequestReadyForReview", false);
  },
  addLabelsToLabelable: (_, args, context) => {
    const input = args.input as AddLabelsToLabelableInput;
    const names = labelNames(context, input.labelIds);
    return relabel(context, input, "AddLabelsToLabelable", (worn) => [...worn, ...names]);
  },
  removeLabelsFromLabelable: (_, args, context) => {
    const input = args.input as RemoveLabelsFromLabelableInput;
    const names = labelNames(context, input.labelIds);
    return relabel(context, input, "RemoveLabelsFromLabelable", (worn) =>
      worn.filter((name) => !names.includes(name)),
    );
  },
  addAssigneesToAssignable: (_, args, context) => {
    const input = args.input as AddAssigneesToAssignableInput;
    const people = logins(context, input.assigneeIds);
    return reassign(context, input, "AddAssigneesToAssignable", (now) => [...now, ...people]);
  },
  replaceActorsForAssignable: (_, args, context) => {
    const input = args.input as {
      actorIds?: string[] | null;
      actorLogins?: string[] | null;
      assignableId: string;
    };
    const people = [...logins(context, input.actorIds ?? []), ...(input.actorLogins ?? [])];
    return reassign(context, input, "ReplaceActorsForAssignable", () => people);
  },
  removeAssigneesFromAssignable: (_, args, context) => {
    const input = args.input as RemoveAssigneesFromAssignableInput;
    const people = logins(context, input.assigneeIds);
    return reassign(context, input, "RemoveAssigneesFromAssignable", (now) =>
      now.filter((login) => !people.includes(login)),
    );
  },
};

/** The fields in both kinds of input; absent values and null change nothing. */
function change(
  context: GraphqlContext,
  repository: Repository,
  item: Issue | PullRequest,
  input: UpdateIssueInput | UpdatePullRequestInput,
): void {
  editDiscussion(context, repository, item, {
    title: input.title ?? undefined,
    body: input.body ?? undefined,
    labels: input.labelIds == null ? undefined : labelNames(context, input.labelIds),
    assignees: input.assigneeIds == null ? undefined : logins(context, input.assigneeIds),
  });
}

function turn(
  context: GraphqlContext,
  input: ConvertPullRequestToDraftInput | MarkPullRequestReadyForReviewInput,
  mutation: string,
  draft: boolean,
) {
  const node = nodeOf(context, input.pullRequestId, "PullRequest");
  const repository = discussable(context, node, mutation, node.pull.author);
  if (node.pull.state === "closed") {
    throw graphqlError("UNPROCESSABLE", "The pull request is closed.");
  }
  setDraft(context, repository, node.pull, draft);
  return payload(input, { pullRequest: node });
}

function relabel(
  context: GraphqlContext,
  input: AddLabelsToLabelableInput | RemoveLabelsFromLabelableInput,
  mutation: string,
  next: (worn: readonly string[]) => string[],
) {
  const { node, repository, item } = discussionOf(context, input.labelableId);
  writable(context, node, mutation);
  editDiscussion(context, repository, item, { labels: next(item.labels) });
  return payload(input, { labelable: node });
}

function reassign(
  context: GraphqlContext,
  input: { assignableId: string; clientMutationId?: string | null },
  mutation: string,
  next: (now: readonly string[]) => string[],
) {
  const { node, repository, item } = discussionOf(context, input.assignableId);
  writable(context, node, mutation);
  const assignees = next(item.assignees);
  editDiscussion(context, repository, item, { assignees });
  return payload(input, { assignable: node });
}
