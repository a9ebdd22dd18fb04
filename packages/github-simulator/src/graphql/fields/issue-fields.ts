import { fieldsOf } from "../core/resolver.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import type {
  Milestone,
  Issue,
  IssueComment,
  Label,
  PullRequest,
} from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { Resolvers } from "../core/resolver.ts";
import { associationOf, commentHtmlUrl } from "../../serializers/issue.ts";
import { accountNode, idOf, userNode } from "../core/node.ts";

type Discussed = { repository: Repository } & ({ issue: Issue } | { pull: PullRequest });

const itemOf = (source: Discussed) => ("issue" in source ? source.issue : source.pull);

const assignees: Resolvers<Discussed>[string] = (source, _, { world }) =>
  itemOf(source)
    .assignees.flatMap((login) => world.findUser(login) ?? [])
    .map(accountNode);

/** What issues and pull requests have in common. */
export const discussionFields: Resolvers<Discussed> = {
  labels: (source) => {
    const { repository } = source;
    const worn = itemOf(source).labels.flatMap(
      (name) => repository.labels.get(name.toLowerCase()) ?? [],
    );
    return worn.map((label) => ({ type: "Label", repository, label }));
  },
  comments: (source) => {
    const { repository } = source;
    const { number } = itemOf(source);
    const found = repository.comments.filter(({ issue }) => issue === number);
    return found.map((comment) => ({
      type: "IssueComment",
      repository,
      comment,
    }));
  },
  assignees,
  assignedActors: assignees,
  milestone: (source) => {
    const { repository } = source;
    const number = "issue" in source ? source.issue.milestone : null;
    const milestone = repository.milestones.find((each) => each.number === number);
    return milestone === undefined ? null : { type: "Milestone", repository, milestone };
  },
  projectCards: () => [],
  projectItems: () => [],
  reactionGroups: () => [],
  locked: () => false,
  activeLockReason: () => null,
  authorAssociation: (source, _, { world }) =>
    associationOf(world, itemOf(source).author, source.repository),
  viewerDidAuthor: (source, _, { actor }) => itemOf(source).author === actor.login,
};

export const issueFields: Resolvers<{ repository: Repository; issue: Issue }> = {
  ...discussionFields,
  issueType: () => null,
  parent: () => null,
  blockedBy: () => [],
  blocking: () => [],
  subIssues: () => [],
  subIssuesSummary: () => ({ total: 0, completed: 0, percentCompleted: 0 }),
  closedByPullRequestsReferences: () => [],
  isPinned: () => false,
  id: (source) => idOf({ type: "Issue", ...source }),
  databaseId: ({ issue }) => issue.id,
  ...fieldsOf<Issue>("issue", ["number", "title", "closedAt", "createdAt", "updatedAt"]),
  body: ({ issue }) => issue.body ?? "",
  state: ({ issue }) => issue.state.toUpperCase(),
  stateReason: ({ issue }) => issue.stateReason?.toUpperCase() ?? null,
  closed: ({ issue }) => issue.state === "closed",
  author: ({ issue }, _, context) => userNode(issue.author, context),
  repository: ({ repository }) => ({ type: "Repository", repository }),
  url: ({ repository, issue }) => `${repositoryHtmlUrl(repository)}/issues/${issue.number}`,
  resourcePath: ({ repository, issue }) =>
    `/${repository.owner}/${repository.name}/issues/${issue.number}`,
};

export const labelFields: Resolvers<{ repository: Repository; label: Label }> = {
  id: (source) => idOf({ type: "Label", ...source }),
  ...fieldsOf<Label>("label", [
    "name",
    "color",
    "description",
    "isDefault",
    "createdAt",
    "updatedAt",
  ]),
  url: ({ repository, label }) =>
    `${repositoryHtmlUrl(repository)}/labels/${encodeURIComponent(label.name)}`,
  repository: ({ repository }) => ({ type: "Repository", repository }),
};

export const issueCommentFields: Resolvers<{ repository: Repository; comment: IssueComment }> = {
  id: (source) => idOf({ type: "IssueComment", ...source }),
  databaseId: ({ comment }) => comment.id,
  ...fieldsOf<IssueComment>("comment", ["body", "createdAt", "updatedAt"]),
  author: ({ comment }, _, context) => userNode(comment.author, context),
  authorAssociation: ({ repository, comment }, _, { world }) =>
    associationOf(world, comment.author, repository),
  viewerDidAuthor: ({ comment }, _, { actor }) => comment.author === actor.login,
  url: ({ repository, comment }) => commentHtmlUrl(repository, comment),
  includesCreatedEdit: ({ comment }) => comment.createdAt !== comment.updatedAt,
  isMinimized: () => false,
  minimizedReason: () => null,
  reactionGroups: () => [],
};

export const milestoneFields: Resolvers<{ repository: Repository; milestone: Milestone }> = {
  id: ({ repository, milestone }) => nodeId("Milestone", repository.id, milestone.number),
  ...fieldsOf<Milestone>("milestone", ["number", "title", "description", "dueOn"]),
};
