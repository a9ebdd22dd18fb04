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
import type { Resolvers, GraphqlContext } from "../core/resolver.ts";
import { associationOf, commentHtmlUrl } from "../../serializers/issue.ts";
import { connection } from "../core/connection.ts";
import { accountNode, idOf } from "../core/node.ts";

type Discussed = { repository: Repository } & ({ issue: Issue } | { pull: PullRequest });

const itemOf = (source: Discussed) => ("issue" in source ? source.issue : source.pull);

/** The author, if that account exists. */
export function authorNode(login: string, { world }: GraphqlContext) {
  const user = world.findUser(login);
  return user === undefined ? null : accountNode(user);
}

/** What issues and pull requests have in common. */
export const discussionFields: Resolvers<Discussed> = {
  labels: (source, args, _, info) => {
    const { repository } = source;
    const worn = itemOf(source).labels.flatMap(
      (name) => repository.labels.get(name.toLowerCase()) ?? [],
    );
    return connection(worn, args, info, (label) => ({ type: "Label", repository, label }));
  },
  comments: (source, args, _, info) => {
    const { repository } = source;
    const { number } = itemOf(source);
    const found = repository.comments.filter(({ issue }) => issue === number);
    return connection(found, args, info, (comment) => ({
      type: "IssueComment",
      repository,
      comment,
    }));
  },
  assignees: (source, args, { world }, info) => {
    const people = itemOf(source).assignees.flatMap((login) => world.findUser(login) ?? []);
    return connection(people, args, info, accountNode);
  },
  assignedActors: (source, args, { world }, info) => {
    const people = itemOf(source).assignees.flatMap((login) => world.findUser(login) ?? []);
    return connection(people, args, info, accountNode);
  },
  milestone: (source) => {
    const { repository } = source;
    const number = "issue" in source ? source.issue.milestone : null;
    const milestone = repository.milestones.find((each) => each.number === number);
    return milestone === undefined ? null : { type: "Milestone", repository, milestone };
  },
  projectCards: (_, args, __, info) => connection([], args, info, (none) => none),
  projectItems: (_, args, __, info) => connection([], args, info, (none) => none),
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
  blockedBy: (_, args, __, info) => connection([], args, info, (none) => none),
  blocking: (_, args, __, info) => connection([], args, info, (none) => none),
  subIssues: (_, args, __, info) => connection([], args, info, (none) => none),
  subIssuesSummary: () => ({ total: 0, completed: 0, percentCompleted: 0 }),
  closedByPullRequestsReferences: (_, args, __, info) => connection([], args, info, (none) => none),
  isPinned: () => false,
  id: (source) => idOf({ type: "Issue", ...source }),
  databaseId: ({ issue }) => issue.id,
  number: ({ issue }) => issue.number,
  title: ({ issue }) => issue.title,
  body: ({ issue }) => issue.body ?? "",
  state: ({ issue }) => issue.state.toUpperCase(),
  stateReason: ({ issue }) => issue.stateReason?.toUpperCase() ?? null,
  closed: ({ issue }) => issue.state === "closed",
  closedAt: ({ issue }) => issue.closedAt,
  createdAt: ({ issue }) => issue.createdAt,
  updatedAt: ({ issue }) => issue.updatedAt,
  author: ({ issue }, _, context) => authorNode(issue.author, context),
  repository: ({ repository }) => ({ type: "Repository", repository }),
  url: ({ repository, issue }) => `${repositoryHtmlUrl(repository)}/issues/${issue.number}`,
  resourcePath: ({ repository, issue }) =>
    `/${repository.owner}/${repository.name}/issues/${issue.number}`,
};

export const labelFields: Resolvers<{ repository: Repository; label: Label }> = {
  id: (source) => idOf({ type: "Label", ...source }),
  name: ({ label }) => label.name,
  color: ({ label }) => label.color,
  description: ({ label }) => label.description,
  isDefault: ({ label }) => label.isDefault,
  createdAt: ({ label }) => label.createdAt,
  updatedAt: ({ label }) => label.updatedAt,
  url: ({ repository, label }) =>
    `${repositoryHtmlUrl(repository)}/labels/${encodeURIComponent(label.name)}`,
  repository: ({ repository }) => ({ type: "Repository", repository }),
};

export const issueCommentFields: Resolvers<{ repository: Repository; comment: IssueComment }> = {
  id: (source) => idOf({ type: "IssueComment", ...source }),
  databaseId: ({ comment }) => comment.id,
  body: ({ comment }) => comment.body,
  author: ({ comment }, _, context) => authorNode(comment.author, context),
  authorAssociation: ({ repository, comment }, _, { world }) =>
    associationOf(world, comment.author, repository),
  viewerDidAuthor: ({ comment }, _, { actor }) => comment.author === actor.login,
  url: ({ repository, comment }) => commentHtmlUrl(repository, comment),
  createdAt: ({ comment }) => comment.createdAt,
  updatedAt: ({ comment }) => comment.updatedAt,
  includesCreatedEdit: ({ comment }) => comment.createdAt !== comment.updatedAt,
  isMinimized: () => false,
  minimizedReason: () => null,
  reactionGroups: () => [],
};

export const milestoneFields: Resolvers<{ repository: Repository; milestone: Milestone }> = {
  id: ({ repository, milestone }) => nodeId("Milestone", repository.id, milestone.number),
  number: ({ milestone }) => milestone.number,
  title: ({ milestone }) => milestone.title,
  description: ({ milestone }) => milestone.description,
  state: ({ milestone }) => milestone.state.toUpperCase(),
  closed: ({ milestone }) => milestone.state === "closed",
  closedAt: ({ milestone }) => milestone.closedAt,
  createdAt: ({ milestone }) => milestone.createdAt,
  updatedAt: ({ milestone }) => milestone.updatedAt,
  dueOn: ({ milestone }) => milestone.dueOn,
  creator: ({ milestone }, _, context) => authorNode(milestone.creator, context),
  repository: ({ repository }) => ({ type: "Repository", repository }),
  url: ({ repository, milestone }) =>
    `${repositoryHtmlUrl(repository)}/milestone/${milestone.number}`,
  resourcePath: ({ repository, milestone }) =>
    `/${repository.owner}/${repository.name}/milestone/${milestone.number}`,
};
