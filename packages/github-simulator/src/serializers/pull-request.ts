import { countAll } from "../world/objects/compare-trees.ts";
import type { View } from "./view.ts";
import { mergeTrees } from "../world/objects/merge-trees.ts";
import { pullRequestCommits, pullRequestChanges } from "../world/discussions/merge-commit.ts";
import { mergeState } from "../world/discussions/pull-requests.ts";
import { branchHead } from "../world/objects/repository-git.ts";
import type { PullRequest } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import { simpleUserByLogin } from "./account.ts";
import { associationOf } from "./issue.ts";
import { labelShapes } from "./label.ts";
import { findTeamById } from "../world/accounts/teams.ts";
import { nodeId } from "./node-id.ts";
import { fullRepository, repositoryHtmlUrl, repositoryUrl } from "./repository.ts";
import { teamShape } from "./team.ts";

/** GitHub's `pull-request-simple`, as in lists. */
export function simplePullRequest(view: View, repository: Repository, pull: PullRequest) {
  const self = `${repositoryUrl(view, repository)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(view, repository)}/issues/${pull.number}`;
  const html = `${repositoryHtmlUrl(repository)}/pull/${pull.number}`;
  const side = ({ ref, sha }: { ref: string; sha: string }) => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: simpleUserByLogin(view, repository.owner),
    // Inside a pull request, GitHub does not repeat its owner.
    repo: { ...fullRepository(view, repository), organization: undefined },
  });
  const links = {
    self,
    html,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${self}/comments`,
    review_comment: `${repositoryUrl(view, repository)}/pulls/comments{/number}`,
    commits: `${self}/commits`,
    statuses: `${repositoryUrl(view, repository)}/statuses/${pull.head.sha}`,
  };
  const assignees = pull.assignees.map((login) => simpleUserByLogin(view, login));
  return {
    url: self,
    id: pull.id,
    node_id: nodeId("PullRequest", repository.id, pull.number),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: simpleUserByLogin(view, pull.author),
    body: pull.body,
    labels: labelShapes(view, repository, pull.labels),
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map((login) => simpleUserByLogin(view, login)),
    requested_teams: requestedTeams(view, pull),
    head: side(pull.head),
    base: side(pull.base),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: associationOf(view.world, pull.author, repository),
    auto_merge: autoMerge(view, pull),
    draft: pull.draft,
  };
}

function requestedTeams(view: View, { requestedTeams: ids }: PullRequest) {
  return ids.flatMap((id) => {
    const found = findTeamById(view.world, id);
    return found === undefined ? [] : [teamShape(view, found.organisation, found.team)];
  });
}

function autoMerge(view: View, { autoMerge: wanted, title }: PullRequest) {
  return wanted === null
    ? null
    : {
        enabled_by: simpleUserByLogin(view, wanted.enabledBy),
        merge_method: wanted.method,
        commit_title: wanted.headline ?? title,
        commit_message: wanted.body ?? "",
      };
}

/** GitHub's `pull-request`. */
export function pullRequest(view: View, repository: Repository, pull: PullRequest) {
  const base = branchHead(repository, pull.base.ref) ?? pull.base.sha;
  const files = pullRequestChanges(repository, pull);
  const mergeable =
    pull.state === "open" ? mergeTrees(repository, base, pull.head.sha) !== undefined : null;
  return {
    ...simplePullRequest(view, repository, pull),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeState(view.world, repository, pull),
    merged_by: pull.mergedBy === null ? null : simpleUserByLogin(view, pull.mergedBy),
    comments: repository.comments.filter(({ issue }) => issue === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: pullRequestCommits(repository, pull).length,
    ...countAll(files),
    changed_files: files.length,
  };
}
