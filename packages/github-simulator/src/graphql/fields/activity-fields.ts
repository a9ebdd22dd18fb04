import { countAll } from "../../world/objects/compare-trees.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import { mergeTrees } from "../../world/objects/merge-trees.ts";
import { pullRequestCommits, pullRequestChanges } from "../../world/discussions/merge-commit.ts";
import { mergeState } from "../../world/discussions/pull-requests.ts";
import { latestRelease } from "../../world/repositories/releases.ts";
import { branchHead } from "../../world/objects/repository-git.ts";
import type { Environment, Repository } from "../../world/state/repository.ts";
import type { PullRequest } from "../../world/state/discussions.ts";
import type { Release } from "../../world/state/release.ts";
import { statusCheckRollup } from "./check-fields.ts";
import { discussionFields } from "./issue-fields.ts";
import { accountNode, gitNode, idOf, refNode, userNode } from "../core/node.ts";
import { hasMergeQueue } from "../../world/repositories/branch-rules.ts";
import { graphqlError, type Resolvers, fieldsOf } from "../core/resolver.ts";
import { reviewedFields } from "./review-fields.ts";
import { pullState } from "./select-discussions.ts";

type PullSource = { repository: Repository; pull: PullRequest };

export const pullRequestFields: Resolvers<PullSource> = {
  ...discussionFields,
  ...reviewedFields,
  id: (source) => idOf({ type: "PullRequest", ...source }),
  databaseId: ({ pull }) => pull.id,
  fullDatabaseId: ({ pull }) => String(pull.id),
  closingIssuesReferences: () => [],
  potentialMergeCommit: ({ repository, pull }) =>
    gitNode(repository, repository.refs.get(`refs/pull/${pull.number}/merge`)),
  ...fieldsOf<PullRequest>("pull", [
    "number",
    "title",
    "maintainerCanModify",
    "createdAt",
    "updatedAt",
    "closedAt",
    "mergedAt",
  ]),
  body: ({ pull }) => pull.body ?? "",
  state: ({ pull }) => pullState(pull),
  closed: ({ pull }) => pull.state === "closed",
  merged: ({ pull }) => pull.mergedAt !== null,
  isDraft: ({ pull }) => pull.draft,
  isCrossRepository: () => false,
  author: ({ pull }, _, context) => userNode(pull.author, context),
  mergedBy: ({ pull }, _, context) =>
    pull.mergedBy === null ? null : userNode(pull.mergedBy, context),
  headRepositoryOwner: ({ repository }, _, { world }) => {
    const owner = world.findAccount(repository.owner);
    return owner === undefined ? null : accountNode(owner);
  },
  commits: ({ repository, pull }) =>
    pullRequestCommits(repository, pull).map((oid) => ({
      commit: gitNode(repository, oid),
    })),
  statusCheckRollup: ({ repository, pull }, _, { world }) =>
    statusCheckRollup(world, { repository, oid: pull.head.sha }),
  additions: ({ repository, pull }) => countAll(pullRequestChanges(repository, pull)).additions,
  deletions: ({ repository, pull }) => countAll(pullRequestChanges(repository, pull)).deletions,
  changedFiles: ({ repository, pull }) => pullRequestChanges(repository, pull).length,
  mergeStateStatus: ({ repository, pull }, _, { world }) =>
    mergeState(world, repository, pull).toUpperCase(),
  files: ({ repository, pull }) =>
    pullRequestChanges(repository, pull).map(({ path, status, additions, deletions }) => ({
      path,
      additions,
      deletions,
      changeType: changeTypes[status],
    })),
  autoMergeRequest: ({ pull }, _, context) =>
    pull.autoMerge === null
      ? null
      : {
          enabledAt: pull.autoMerge.enabledAt,
          enabledBy: userNode(pull.autoMerge.enabledBy, context),
          mergeMethod: pull.autoMerge.method.toUpperCase(),
          commitHeadline: pull.autoMerge.headline,
          commitBody: pull.autoMerge.body,
        },
  timelineItems: (source, args, context) => {
    const types = args.itemTypes as string[] | null | undefined;
    if (types?.length !== 1 || types[0] !== "CLOSED_EVENT") {
      const what = "timelineItems of other types than CLOSED_EVENT";
      throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement ${what}`);
    }
    const { pull } = source;
    // Only the last time that it was closed is stored.
    const events = pull.closedBy === null ? [] : [pull.closedBy];
    return events.map((login) => ({
      type: "ClosedEvent",
      id: nodeId("PullRequest", source.repository.id, pull.number, "closed"),
      createdAt: pull.closedAt,
      actor: userNode(login, context),
      closable: { type: "PullRequest", ...source },
    }));
  },
  isInMergeQueue: ({ pull }) => pull.mergeGroup !== null,
  isMergeQueueEnabled: ({ repository, pull }, _, { world }) =>
    hasMergeQueue(world, repository, pull.base.ref),
  url: ({ repository, pull }) => `${repositoryHtmlUrl(repository)}/pull/${pull.number}`,
  repository: ({ repository }) => ({ type: "Repository", repository }),
  headRepository: ({ repository }) => ({ type: "Repository", repository }),
  baseRefName: ({ pull }) => pull.base.ref,
  baseRefOid: ({ pull }) => pull.base.sha,
  headRefName: ({ pull }) => pull.head.ref,
  headRefOid: ({ pull }) => pull.head.sha,
  headRef: ({ repository, pull }) => refNode(repository, `refs/heads/${pull.head.ref}`),
  mergeCommit: ({ repository, pull }) => gitNode(repository, pull.mergeCommit ?? undefined),
  mergeable: ({ repository, pull }) => {
    const base = branchHead(repository, pull.base.ref);
    if (pull.state === "closed" || base === undefined) return "UNKNOWN";
    const tree = mergeTrees(repository, base, pull.head.sha);
    return tree === undefined ? "CONFLICTING" : "MERGEABLE";
  },
};

/** https://docs.github.com/en/graphql/reference/enums#patchstatus */
const changeTypes = { added: "ADDED", removed: "DELETED", modified: "MODIFIED" } as const;

export const releaseFields: Resolvers<{ repository: Repository; release: Release }> = {
  id: (source) => idOf({ type: "Release", ...source }),
  databaseId: ({ release }) => release.id,
  ...fieldsOf<Release>("release", ["name", "createdAt", "publishedAt"]),
  description: ({ release }) => release.body,
  tagName: ({ release }) => release.tag,
  isDraft: ({ release }) => release.draft,
  isPrerelease: ({ release }) => release.prerelease,
  isLatest: ({ repository, release }) => latestRelease(repository) === release,
  url: ({ repository, release }) =>
    `${repositoryHtmlUrl(repository)}/releases/tag/${encodeURI(release.tag)}`,
};

export const environmentFields: Resolvers<{ repository: Repository; environment: Environment }> = {
  id: (source) => idOf({ type: "Environment", ...source }),
  databaseId: ({ environment }) => environment.id,
  name: ({ environment }) => environment.name,
};
