import type * as Schema from "@octokit/graphql-schema";
import { editDiscussion, setIssueState } from "../../world/discussions/issues.ts";
import { reopenPullRequest, setBase, setDraft } from "../../world/discussions/pull-requests.ts";
import { closePullRequest } from "../../world/repositories/close-pull-request.ts";
import { branchHead } from "../../world/objects/repository-git.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import {
  discussionOf,
  labelNames,
  logins,
  nodeOf,
  refuseInput,
  type MutationContext,
  type Mutations,
} from "../core/mutation.ts";
import { graphqlError } from "../core/resolver.ts";
import { discussable, writable } from "../core/writable.ts";

/** The mutations of `gh pr edit`, `gh issue edit`, `gh pr ready` and `gh pr reopen`. */
export const editMutations = {
  updateIssue(input: Schema.UpdateIssueInput, context) {
    refuseInput(input, "milestoneId", "projectIds", "issueTypeId");
    const node = nodeOf(context, input.id, "Issue");
    const repository = discussable(context, node, node.issue.author);
    change(context, repository, node.issue, input);
    if (input.state != null) {
      const state = input.state === "OPEN" ? "open" : "closed";
      setIssueState(context, repository, node.issue, state, undefined);
    }
    return { issue: node };
  },
  updatePullRequest(input: Schema.UpdatePullRequestInput, context) {
    refuseInput(input, "milestoneId", "projectIds");
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const { repository, pull } = node;
    discussable(context, node, pull.author);
    const base = input.baseRefName?.replace(/^refs\/heads\//, "");
    if (base !== undefined && branchHead(repository, base) === undefined) {
      throw graphqlError("UNPROCESSABLE", "Base does not exist");
    }
    change(context, repository, pull, input);
    if (base !== undefined) setBase(context, repository, pull, base);
    pull.maintainerCanModify = input.maintainerCanModify ?? pull.maintainerCanModify;
    if (input.state === "CLOSED") closePullRequest(context, repository, pull);
    if (input.state === "OPEN") reopenPullRequest(context, repository, pull);
    return { pullRequest: node };
  },
  reopenPullRequest(input: Schema.ReopenPullRequestInput, context) {
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    reopenPullRequest(context, discussable(context, node, node.pull.author), node.pull);
    return { pullRequest: node };
  },
  convertPullRequestToDraft: (input: Schema.ConvertPullRequestToDraftInput, context) =>
    turn(context, input.pullRequestId, true),
  markPullRequestReadyForReview: (input: Schema.MarkPullRequestReadyForReviewInput, context) =>
    turn(context, input.pullRequestId, false),
  addLabelsToLabelable(input: Schema.AddLabelsToLabelableInput, context) {
    const names = labelNames(context, input.labelIds);
    return relabel(context, input.labelableId, (worn) => [...worn, ...names]);
  },
  removeLabelsFromLabelable(input: Schema.RemoveLabelsFromLabelableInput, context) {
    const names = labelNames(context, input.labelIds);
    return relabel(context, input.labelableId, (worn) =>
      worn.filter((name) => !names.includes(name)),
    );
  },
  addAssigneesToAssignable(input: Schema.AddAssigneesToAssignableInput, context) {
    const people = logins(context, input.assigneeIds);
    return reassign(context, input.assignableId, (now) => [...now, ...people]);
  },
  replaceActorsForAssignable(input: ReplaceActorsForAssignableInput, context) {
    const people = [...logins(context, input.actorIds ?? []), ...(input.actorLogins ?? [])];
    return reassign(context, input.assignableId, () => people);
  },
  removeAssigneesFromAssignable(input: Schema.RemoveAssigneesFromAssignableInput, context) {
    const people = logins(context, input.assigneeIds);
    return reassign(context, input.assignableId, (now) =>
      now.filter((login) => !people.includes(login)),
    );
  },
} satisfies Mutations;

interface ReplaceActorsForAssignableInput {
  actorIds?: string[] | null;
  actorLogins?: string[] | null;
  assignableId: string;
}

/** The fields in both kinds of input; absent values and null change nothing. */
function change(
  context: MutationContext,
  repository: Repository,
  item: Issue | PullRequest,
  input: Schema.UpdateIssueInput | Schema.UpdatePullRequestInput,
): void {
  editDiscussion(context, repository, item, {
    title: input.title ?? undefined,
    body: input.body ?? undefined,
    labels: input.labelIds == null ? undefined : labelNames(context, input.labelIds),
    assignees: input.assigneeIds == null ? undefined : logins(context, input.assigneeIds),
  });
}

function turn(context: MutationContext, id: string, draft: boolean) {
  const node = nodeOf(context, id, "PullRequest");
  const repository = discussable(context, node, node.pull.author);
  if (node.pull.state === "closed") {
    throw graphqlError("UNPROCESSABLE", "The pull request is closed.");
  }
  setDraft(context, repository, node.pull, draft);
  return { pullRequest: node };
}

/** New names for the present ones. */
type Change = (now: readonly string[]) => string[];

function relabel(context: MutationContext, id: string, next: Change) {
  const { node, repository, item } = discussionOf(context, id);
  writable(context, node);
  editDiscussion(context, repository, item, { labels: next(item.labels) });
  return { labelable: node };
}

function reassign(context: MutationContext, id: string, next: Change) {
  const { node, repository, item } = discussionOf(context, id);
  writable(context, node);
  editDiscussion(context, repository, item, { assignees: next(item.assignees) });
  return { assignable: node };
}
