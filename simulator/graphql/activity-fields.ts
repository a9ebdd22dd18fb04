import { repositoryHtmlUrl } from "../shapes/repository.ts";
import { mergeTrees } from "../world/merge.ts";
import { branchHead, peelTag } from "../world/repository-git.ts";
import type { Environment, PullRequest, Release, Repository } from "../world/state.ts";
import { accountNode, gitNode, idOf, refNode } from "./node.ts";
import { pullState } from "./repository-fields.ts";
import type { Resolvers } from "./resolver.ts";

export const pullRequestFields: Resolvers<{ repository: Repository; pull: PullRequest }> = {
  id: (source) => idOf({ type: "PullRequest", ...source }),
  databaseId: ({ pull }) => pull.id,
  number: ({ pull }) => pull.number,
  title: ({ pull }) => pull.title,
  body: ({ pull }) => pull.body ?? "",
  state: ({ pull }) => pullState(pull),
  closed: ({ pull }) => pull.state === "closed",
  merged: ({ pull }) => pull.mergedAt !== null,
  isDraft: ({ pull }) => pull.draft,
  isCrossRepository: () => false,
  maintainerCanModify: ({ pull }) => pull.maintainerCanModify,
  createdAt: ({ pull }) => pull.createdAt,
  updatedAt: ({ pull }) => pull.updatedAt,
  closedAt: ({ pull }) => pull.closedAt,
  mergedAt: ({ pull }) => pull.mergedAt,
  author: ({ pull }, _, { world }) => {
    const user = world.findUser(pull.author);
    return user === undefined ? null : accountNode(user);
  },
  url: ({ repository, pull }) => `${repositoryHtmlUrl(repository)}/pull/${pull.number}`,
  resourcePath: ({ repository, pull }) =>
    `/${repository.owner}/${repository.name}/pull/${pull.number}`,
  repository: ({ repository }) => ({ type: "Repository", repository }),
  baseRepository: ({ repository }) => ({ type: "Repository", repository }),
  headRepository: ({ repository }) => ({ type: "Repository", repository }),
  baseRefName: ({ pull }) => pull.base.ref,
  baseRefOid: ({ pull }) => pull.base.sha,
  headRefName: ({ pull }) => pull.head.ref,
  headRefOid: ({ pull }) => pull.head.sha,
  baseRef: ({ repository, pull }) => refNode(repository, `refs/heads/${pull.base.ref}`),
  headRef: ({ repository, pull }) => refNode(repository, `refs/heads/${pull.head.ref}`),
  mergeCommit: ({ repository, pull }) => gitNode(repository, pull.mergeCommit ?? undefined),
  mergeable: ({ repository, pull }) => {
    const base = branchHead(repository, pull.base.ref);
    if (pull.state === "closed" || base === undefined) return "UNKNOWN";
    const tree = mergeTrees(repository, base, pull.head.sha);
    return tree === undefined ? "CONFLICTING" : "MERGEABLE";
  },
};

export const releaseFields: Resolvers<{ repository: Repository; release: Release }> = {
  id: (source) => idOf({ type: "Release", ...source }),
  databaseId: ({ release }) => release.id,
  name: ({ release }) => release.name,
  description: ({ release }) => release.body,
  tagName: ({ release }) => release.tag,
  isDraft: ({ release }) => release.draft,
  isPrerelease: ({ release }) => release.prerelease,
  isLatest: ({ repository, release }) =>
    repository.releases.findLast(({ draft, prerelease }) => !draft && !prerelease) === release,
  createdAt: ({ release }) => release.createdAt,
  publishedAt: ({ release }) => release.publishedAt,
  url: ({ repository, release }) => `${repositoryHtmlUrl(repository)}/releases/tag/${release.tag}`,
  tag: ({ repository, release }) => refNode(repository, `refs/tags/${release.tag}`),
  tagCommit: ({ repository, release }) => {
    const oid = repository.refs.get(`refs/tags/${release.tag}`);
    return gitNode(repository, oid === undefined ? undefined : peelTag(repository, oid));
  },
  repository: ({ repository }) => ({ type: "Repository", repository }),
};

export const environmentFields: Resolvers<{ repository: Repository; environment: Environment }> = {
  id: (source) => idOf({ type: "Environment", ...source }),
  databaseId: ({ environment }) => environment.id,
  name: ({ environment }) => environment.name,
};
