import { findDiscussion } from "../world/discussions/issues.ts";
import type { View } from "../serializers/view.ts";
import { webUrl } from "../serializers/account.ts";
import { commitShape } from "../serializers/commit.ts";
import { statusShape } from "../serializers/commit-status.ts";
import { associationOf, commentShape, issueShape } from "../serializers/issue.ts";
import { labelShape } from "../serializers/label.ts";
import { milestoneShape } from "../serializers/milestone.ts";
import { nodeId } from "../serializers/node-id.ts";
import { repositoryUrl } from "../serializers/repository.ts";
import { simpleUserByLogin } from "../serializers/account.ts";
import type { WorldEvents } from "../world/events.ts";
import { branchHead, branchNames } from "../world/objects/repository-git.ts";
import { rulesFor } from "../world/repositories/branch-rules.ts";
import type { IssueComment, PullRequest, Review } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import { detailPayload } from "./event-payloads.ts";
import { plain, pullRequestPayload, type Payload } from "./webhook-payloads.ts";

/** Events with the same payload for workflows and webhooks, by the names that they have there. */
export type ActivityName =
  "issues" | "issue_comment" | "pull_request_review" | "label" | "milestone" | "status" | "public";

type Builder<Name extends ActivityName> = (view: View, event: WorldEvents[Name]) => object;

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const builders: { readonly [Name in ActivityName]: Builder<Name> } = {
  issues: (view, { repository, issue, action, detail }) => ({
    action,
    issue: issuePayload(view, repository, issue.number),
    ...detailPayload(view, repository, detail),
  }),
  issue_comment: (view, { repository, comment, action, detail }) => ({
    action,
    issue: issuePayload(view, repository, comment.issue),
    comment: commentPayload(view, repository, comment),
    ...detailPayload(view, repository, detail),
  }),
  pull_request_review: (view, { repository, pull, review }) => ({
    action: "submitted",
    review: reviewPayload(view, repository, pull, review),
    pull_request: pullRequestPayload(view, repository, pull),
  }),
  label: (view, { repository, label, action, detail }) => ({
    action,
    label: labelShape(view, repository, label),
    ...detailPayload(view, repository, detail),
  }),
  milestone: (view, { repository, milestone, action, detail }) => ({
    action,
    milestone: milestoneShape(view, repository, milestone),
    ...detailPayload(view, repository, detail),
  }),
  status: (view, { repository, status }) => {
    const shape = statusShape(view, repository, status);
    // GitHub's event leaves these out.
    const left = ["creator", "url", "node_id"];
    const shown = Object.fromEntries(Object.entries(shape).filter(([key]) => !left.includes(key)));
    const { sha } = status;
    return {
      ...shown,
      sha,
      name: `${repository.owner}/${repository.name}`,
      commit: commitShape(view, repository, sha),
      branches: branchNames(repository)
        .filter((name) => branchHead(repository, name) === sha)
        .map((name) => ({
          name,
          commit: { sha, url: `${repositoryUrl(view, repository)}/commits/${sha}` },
          protected: rulesFor(view.world, repository, name).length > 0,
        })),
    };
  },
  public: () => ({}),
};

export const activityNames = Object.keys(builders) as readonly ActivityName[];

export function activityPayload<Name extends ActivityName>(
  view: View,
  name: Name,
  event: WorldEvents[Name],
): Payload {
  return plain(builders[name](view, event));
}

function issuePayload(view: View, repository: Repository, number: number): object {
  const item = findDiscussion(repository, number);
  if (item === undefined) return {};
  const shown = issueShape(view, repository, item);
  return { ...shown, reactions: noReactions(String(shown.url)) };
}

/** There are no reactions here; webhooks show that, where REST may leave it out. */
function noReactions(url: string): object {
  const kinds = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];
  const none = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  return { url: `${url}/reactions`, total_count: 0, ...none };
}

function commentPayload(view: View, repository: Repository, comment: IssueComment) {
  const shown = commentShape(view, repository, comment);
  return { ...shown, reactions: noReactions(shown.url) };
}

function reviewPayload(
  view: View,
  repository: Repository,
  { number }: PullRequest,
  review: Review,
) {
  const pull = `${repositoryUrl(view, repository)}/pulls/${number}`;
  const page = `${webUrl}/${repository.owner}/${repository.name}/pull/${number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", repository.id, review.id),
    user: simpleUserByLogin(view, review.author),
    body: review.body || null,
    commit_id: review.commit,
    submitted_at: review.submittedAt,
    updated_at: review.submittedAt,
    state: review.state.toLowerCase(),
    html_url: page,
    pull_request_url: pull,
    author_association: associationOf(view.world, review.author, repository),
    _links: { html: { href: page }, pull_request: { href: pull } },
  };
}
