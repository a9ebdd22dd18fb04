import type { View } from "./view.ts";
import { organisationRole } from "../world/accounts/permissions.ts";
import type { Issue, IssueComment, PullRequest } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import { simpleUserByLogin } from "./account.ts";
import { labelShapes } from "./label.ts";
import { milestoneShape } from "./milestone.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `issue`; a pull request is one, too, with a field that says so. */
export function issueShape(
  view: View,
  repository: Repository,
  issue: Issue | PullRequest,
): Record<string, unknown> {
  const { id, number, author, body } = issue;
  const self = `${repositoryUrl(view, repository)}/issues/${number}`;
  const isPull = "head" in issue;
  const page = `${repositoryHtmlUrl(repository)}/${isPull ? "pull" : "issues"}/${number}`;
  const pull = `${repositoryUrl(view, repository)}/pulls/${number}`;
  const assignees = issue.assignees.map((login) => simpleUserByLogin(view, login));
  const milestone = isPull
    ? undefined
    : repository.milestones.find((each) => each.number === issue.milestone);
  return {
    id,
    node_id: nodeId(isPull ? "PullRequest" : "Issue", repository.id, number),
    url: self,
    repository_url: repositoryUrl(view, repository),
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    html_url: page,
    number,
    state: issue.state,
    state_reason: isPull ? null : issue.stateReason,
    title: issue.title,
    body,
    user: simpleUserByLogin(view, author),
    labels: labelShapes(view, repository, issue.labels),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: milestone ? milestoneShape(view, repository, milestone) : null,
    locked: false,
    active_lock_reason: null,
    comments: repository.comments.filter((comment) => comment.issue === number).length,
    closed_at: issue.closedAt,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    author_association: associationOf(view.world, author, repository),
    ...(isPull && {
      draft: issue.draft,
      pull_request: {
        url: pull,
        html_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
      },
    }),
  };
}

/** GitHub's `issue-comment`. */
export function commentShape(view: View, repository: Repository, comment: IssueComment) {
  const issues = `${repositoryUrl(view, repository)}/issues`;
  return {
    id: comment.id,
    node_id: nodeId("IssueComment", repository.id, comment.id),
    url: `${issues}/comments/${comment.id}`,
    html_url: commentHtmlUrl(repository, comment),
    issue_url: `${issues}/${comment.issue}`,
    body: comment.body,
    user: simpleUserByLogin(view, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(view.world, comment.author, repository),
    performed_via_github_app: null,
  };
}

/** The page of an issue or a pull request, at one comment. */
export function commentHtmlUrl(repository: Repository, { id, issue }: IssueComment): string {
  const isPull = repository.pulls.some(({ number }) => number === issue);
  const page = `${repositoryHtmlUrl(repository)}/${isPull ? "pull" : "issues"}/${issue}`;
  return `${page}#issuecomment-${id}`;
}

/** https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
export function associationOf(world: World, author: string, { owner, collaborators }: Repository) {
  if (author.toLowerCase() === owner.toLowerCase()) return "OWNER";
  if (organisationRole(world, author, owner) !== undefined) return "MEMBER";
  return collaborators.has(author.toLowerCase()) ? "COLLABORATOR" : "NONE";
}
