import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import { holderOf } from "../../serializers/ruleset.ts";
import { effectiveRole, hasRole, roleIn } from "../../world/accounts/permissions.ts";
import { latestRelease } from "../../world/repositories/releases.ts";
import {
  branchHead,
  entryAt,
  isEmpty,
  resolveCommit,
  resolveRevision,
  sizeOf,
  walkTree,
  treeOf,
} from "../../world/objects/repository-git.ts";
import { propertiesOf } from "../../world/repositories/custom-properties.ts";
import { hasMergeQueue } from "../../world/repositories/branch-rules.ts";
import { rulesetsOver } from "../../world/repositories/rulesets-over.ts";
import type { Repository } from "../../world/state/repository.ts";
import { connection } from "../core/connection.ts";
import {
  accountNode,
  gitNode,
  idOf,
  protectionRules,
  refNode,
  type RepositoryNode,
} from "../core/node.ts";
import { listRulesets } from "./ruleset-fields.ts";
import { graphqlError, type Arguments, type Resolvers, fieldsOf } from "../core/resolver.ts";
import { isDescending, selectIssues, selectPulls } from "./select-discussions.ts";

export const repositoryFields: Resolvers<RepositoryNode> = {
  id: (source) => idOf(source),
  databaseId: ({ repository }) => repository.id,
  ...fieldsOf<Repository>("repository", ["name", "description", "createdAt", "updatedAt"]),
  nameWithOwner: ({ repository }) => `${repository.owner}/${repository.name}`,
  owner: ({ repository }, _, { world }) => {
    const account = world.findAccount(repository.owner);
    return account && accountNode(account);
  },
  url: ({ repository }) => repositoryHtmlUrl(repository),
  sshUrl: ({ repository }) => `git@github.com:${repository.owner}/${repository.name}.git`,
  homepageUrl: ({ repository }) => repository.homepage,
  visibility: ({ repository }) => repository.visibility.toUpperCase(),
  isPrivate: ({ repository }) => repository.visibility !== "public",
  isArchived: ({ repository }) => repository.archived,
  archivedAt: ({ repository }) => (repository.archived ? repository.updatedAt : null),
  isDisabled: ({ repository }) => repository.disabled,
  isEmpty: ({ repository }) => isEmpty(repository),
  isFork: () => false,
  isInOrganization: ({ repository }, _, { world }) =>
    world.findOrganisation(repository.owner) !== undefined,
  isMirror: () => false,
  isTemplate: ({ repository }) => repository.settings.is_template,
  parent: () => null,
  templateRepository: () => null,
  pushedAt: ({ repository }) => (isEmpty(repository) ? null : repository.pushedAt),
  autoMergeAllowed: ({ repository }) => repository.settings.allow_auto_merge,
  deleteBranchOnMerge: ({ repository }) => repository.settings.delete_branch_on_merge,
  mergeCommitAllowed: ({ repository }) => repository.settings.allow_merge_commit,
  rebaseMergeAllowed: ({ repository }) => repository.settings.allow_rebase_merge,
  squashMergeAllowed: ({ repository }) => repository.settings.allow_squash_merge,
  hasIssuesEnabled: ({ repository }) => repository.settings.has_issues,
  hasProjectsEnabled: ({ repository }) => repository.settings.has_projects,
  hasWikiEnabled: ({ repository }) => repository.settings.has_wiki,
  viewerPermission: ({ repository }, _, context) => {
    const role = effectiveRole(context, repository);
    return role === "none" ? null : role.toUpperCase();
  },
  viewerCanAdminister: ({ repository }, _, context) =>
    hasRole(effectiveRole(context, repository), "admin"),
  primaryLanguage: ({ repository: { language } }) =>
    language === null ? null : languageNode(language),
  languages: ({ repository }, args, _, info) => {
    const { language } = repository;
    const size = sizeOfFiles(repository);
    const found = language === null ? [] : [languageNode(language)];
    return { ...connection(found, args, info, () => ({ size })), totalSize: size };
  },
  // In kilobytes.
  diskUsage: ({ repository }) => Math.ceil(sizeOfFiles(repository) / 1024),
  openGraphImageUrl: ({ repository }) =>
    `https://opengraph.githubassets.com/${repository.id}/${repository.owner}/${repository.name}`,
  usesCustomOpenGraphImage: () => false,
  viewerDefaultCommitEmail: (_, __, { world, actor }) => world.findUser(actor.login)?.email ?? null,
  viewerPossibleCommitEmails: (_, __, { world, actor }) => {
    const email = world.findUser(actor.login)?.email;
    return email === undefined ? null : [email];
  },
  viewerDefaultMergeMethod: ({ repository: { settings } }) =>
    settings.allow_merge_commit ? "MERGE" : settings.allow_squash_merge ? "SQUASH" : "REBASE",
  repositoryTopics: ({ repository }) =>
    repository.topics.map((name) => ({
      id: nodeId("Topic", repository.id, name),
      topic: { id: nodeId("Topic", name), name },
      url: `https://github.com/topics/${name}`,
      resourcePath: `/topics/${name}`,
    })),
  repositoryCustomPropertyValues: ({ repository }, _, { world }) =>
    Object.entries(propertiesOf(world, repository)).map(([name, value]) => ({
      propertyName: name,
      value,
    })),
  defaultBranchRef: ({ repository }) =>
    refNode(repository, `refs/heads/${repository.defaultBranch}`),
  ref: ({ repository }, args) => {
    const name = String(args.qualifiedName);
    return (
      refNode(repository, name) ??
      refNode(repository, `refs/${name}`) ??
      refNode(repository, `refs/heads/${name}`) ??
      refNode(repository, `refs/tags/${name}`)
    );
  },
  refs: ({ repository }, args) => {
    const prefix = String(args.refPrefix);
    const names = [...repository.refs.keys()]
      .filter(
        (ref) =>
          ref.startsWith(prefix) && ref.includes((args.query as string | null | undefined) ?? ""),
      )
      .sort();
    if (args.direction === "DESC" || isDescending(args)) names.reverse();
    return names.map((ref) => ({ type: "Ref", repository, ref }));
  },
  issues: ({ repository }, args) =>
    selectIssues(repository, args).map((issue) => ({
      type: "Issue",
      repository,
      issue,
    })),
  issue: ({ repository }, args) => discussionOf(repository, args, "Issue"),
  issueOrPullRequest: ({ repository }, args) =>
    discussionOf(repository, args, "issue or pull request"),
  labels: ({ repository }, args) => {
    const query = ((args.query as string | null | undefined) ?? "").toLowerCase();
    const found = [...repository.labels.values()].filter(({ name, description }) =>
      `${name} ${description ?? ""}`.toLowerCase().includes(query),
    );
    return found.map((label) => ({ type: "Label", repository, label }));
  },
  label: ({ repository }, args) => {
    const label = repository.labels.get(String(args.name).toLowerCase());
    return label === undefined ? null : { type: "Label", repository, label };
  },
  hasDiscussionsEnabled: ({ repository }) => repository.settings.has_discussions,
  stargazerCount: () => 0,
  viewerHasStarred: () => false,
  viewerSubscription: () => "UNSUBSCRIBED",
  watchers: () => [],
  projects: () => [],
  projectsV2: () => [],
  codeOfConduct: () => null,
  contactLinks: () => [],
  fundingLinks: () => [],
  isBlankIssuesEnabled: () => true,
  isSecurityPolicyEnabled: () => false,
  securityPolicyUrl: () => null,
  isUserConfigurationRepository: () => false,
  mirrorUrl: () => null,
  forkCount: () => 0,
  licenseInfo: () => null,
  issueTemplates: () => [],
  pullRequestTemplates: () => [],
  milestones: ({ repository }, args) => {
    const states = args.states as string[] | null | undefined;
    const found = repository.milestones.filter(
      ({ state }) => states == null || states.includes(state.toUpperCase()),
    );
    return found.map((milestone) => ({
      type: "Milestone",
      repository,
      milestone,
    }));
  },
  mergeQueue: ({ repository }, args, { world }) => {
    const branch = (args.branch as string | null | undefined) ?? repository.defaultBranch;
    if (!hasMergeQueue(world, repository, branch)) return null;
    return {
      id: nodeId("Ref", repository.id, `refs/heads/${branch}`, "queue"),
      repository: { type: "Repository", repository },
      url: `${repositoryHtmlUrl(repository)}/queue/${branch}`,
      resourcePath: `/${repository.owner}/${repository.name}/queue/${branch}`,
    };
  },
  assignableUsers: usersWith("write"),
  mentionableUsers: usersWith("read"),
  branchProtectionRules: ({ repository }) =>
    protectionRules(repository).map((rule) => ({
      type: "BranchProtectionRule",
      repository,
      rule,
    })),
  rulesets: ({ repository }, args, { world }) =>
    listRulesets(
      args.includeParents === false ? repository.rulesets : rulesetsOver(world, repository),
      (ruleset) => holderOf(world, repository, ruleset),
      args,
    ),
  object: ({ repository }, args) => gitNode(repository, objectAt(repository, args)),
  pullRequest: ({ repository }, args) => {
    const pull = repository.pulls.find(({ number }) => number === args.number);
    if (pull !== undefined) return { type: "PullRequest", repository, pull };
    throw graphqlError(
      "NOT_FOUND",
      `Could not resolve to a PullRequest with the number of ${String(args.number)}.`,
    );
  },
  pullRequests: ({ repository }, args) =>
    selectPulls(repository, args).map((pull) => ({
      type: "PullRequest",
      repository,
      pull,
    })),
  release: ({ repository }, args) => {
    const release = repository.releases.find(({ tag }) => tag === args.tagName);
    return release === undefined ? null : { type: "Release", repository, release };
  },
  latestRelease: ({ repository }) => {
    const release = latestRelease(repository);
    return release === undefined ? null : { type: "Release", repository, release };
  },
  releases: ({ repository }) =>
    [...repository.releases].reverse().map((release) => ({
      type: "Release",
      repository,
      release,
    })),
  environments: ({ repository }) =>
    [...repository.environments.values()].map((environment) => ({
      type: "Environment",
      repository,
      environment,
    })),
};

function languageNode(name: string) {
  return { id: nodeId("Topic", "language", name), name, color: null };
}

/** Bytes of the files on the default branch. */
function sizeOfFiles(repository: Repository): number {
  const head = branchHead(repository, repository.defaultBranch);
  if (head === undefined) return 0;
  const files = walkTree(repository, treeOf(repository, head));
  return files.reduce((total, file) => total + sizeOf(repository, file), 0);
}

function discussionOf(repository: Repository, { number }: Arguments, what: string) {
  const issue = repository.issues.find((item) => item.number === number);
  if (issue !== undefined) return { type: "Issue", repository, issue };
  const pull = repository.pulls.find((item) => item.number === number);
  if (pull !== undefined && what !== "Issue") return { type: "PullRequest", repository, pull };
  throw graphqlError(
    "NOT_FOUND",
    `Could not resolve to an ${what} with the number of ${String(number)}.`,
  );
}

/** `oid`, or an expression: `HEAD`, `main`, `main:path`, `HEAD:`. */
function objectAt(repository: Repository, args: Arguments): string | undefined {
  if (typeof args.oid === "string") return args.oid;
  const expression = (args.expression as string | null | undefined) ?? "";
  const colon = expression.indexOf(":");
  if (colon < 0) {
    return branchHead(repository, expression) ?? resolveRevision(repository, expression);
  }
  const commit = resolveCommit(repository, expression.slice(0, colon));
  if (commit === undefined) return undefined;
  return entryAt(repository, treeOf(repository, commit), expression.slice(colon + 1))?.oid;
}

/** The people with at least this role in the repository. */
function usersWith(level: "read" | "write"): Resolvers<RepositoryNode>[string] {
  return ({ repository }, _, { world }) =>
    [...world.state.users.values()]
      .filter(({ login }) => hasRole(roleIn(world, login, repository), level))
      .map(accountNode);
}
