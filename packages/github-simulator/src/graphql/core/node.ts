import { nodeId, parseNodeId } from "../../serializers/node-id.ts";
import type { BranchRule } from "../../world/state/branch-rule.ts";
import type {
  Environment,
  Issue,
  IssueComment,
  Label,
  Organisation,
  PullRequest,
  Release,
  Repository,
  Review,
  User,
} from "../../world/state/state.ts";
import { canSee } from "../../world/accounts/permissions.ts";
import type { Team } from "../../world/state/team.ts";
import { canSeeTeam } from "../../world/accounts/team-rights.ts";
import { findTeamById } from "../../world/accounts/teams.ts";
import type { GraphqlContext } from "./resolver.ts";

/** What a resolver gets as its source: a thing of the world under its GraphQL type. */
export type Node =
  | { type: "User"; account: User }
  | { type: "Organization"; account: Organisation }
  | RepositoryNode
  | RefNode
  | GitNode
  | BranchProtectionNode
  | TeamNode
  | { type: "PullRequest"; repository: Repository; pull: PullRequest }
  | { type: "PullRequestReview"; repository: Repository; pull: PullRequest; review: Review }
  | { type: "Issue"; repository: Repository; issue: Issue }
  | { type: "IssueComment"; repository: Repository; comment: IssueComment }
  | { type: "Label"; repository: Repository; label: Label }
  | { type: "Release"; repository: Repository; release: Release }
  | { type: "Environment"; repository: Repository; environment: Environment };

export interface RepositoryNode {
  type: "Repository";
  repository: Repository;
}

export interface BranchProtectionNode {
  type: "BranchProtectionRule";
  repository: Repository;
  rule: BranchRule;
}

export interface TeamNode {
  type: "Team";
  organisation: Organisation;
  team: Team;
}

export interface RefNode {
  type: "Ref";
  repository: Repository;
  /** Full name, as `refs/heads/main`. */
  ref: string;
}

export interface GitNode {
  type: "Commit" | "Tree" | "Blob" | "Tag";
  repository: Repository;
  oid: string;
}

export function gitNode(repository: Repository, oid: string | undefined): GitNode | null {
  const object = oid === undefined ? undefined : repository.objects.get(oid);
  if (oid === undefined || object === undefined) return null;
  const types = { commit: "Commit", tree: "Tree", blob: "Blob", tag: "Tag" } as const;
  return { type: types[object.type], repository, oid };
}

export function refNode(repository: Repository, ref: string): RefNode | null {
  return repository.refs.has(ref) ? { type: "Ref", repository, ref } : null;
}

export function idOf(node: Node): string {
  switch (node.type) {
    case "User":
    case "Organization":
      return nodeId(node.type, node.account.id);
    case "Team":
      return nodeId("Team", node.team.id);
    case "Repository":
      return nodeId("Repository", node.repository.id);
    case "Ref":
      return nodeId("Ref", node.repository.id, node.ref);
    case "Commit":
    case "Tree":
    case "Blob":
    case "Tag":
      return nodeId(node.type, node.repository.id, node.oid);
    case "BranchProtectionRule":
      return nodeId(node.type, node.repository.id, node.rule.id);
    case "PullRequest":
      return nodeId("PullRequest", node.repository.id, node.pull.number);
    case "PullRequestReview":
      return nodeId(node.type, node.repository.id, node.review.id);
    case "Issue":
      return nodeId("Issue", node.repository.id, node.issue.number);
    case "IssueComment":
      return nodeId(node.type, node.repository.id, node.comment.id);
    case "Label":
      return nodeId(node.type, node.repository.id, node.label.id);
    case "Release":
      return nodeId("Release", node.repository.id, node.release.id);
    case "Environment":
      return nodeId("Environment", node.environment.id);
  }
}

/** The thing that an id names, if there is one that the actor may see. */
export function findNode({ world, actor }: GraphqlContext, id: string): Node | undefined {
  const { type, parts } = parseNodeId(id) ?? {};
  const [first, second] = parts ?? [];
  if (type === "User" || type === "Organization") {
    return findAccount(
      [...world.state.users.values(), ...world.state.organisations.values()],
      first,
    );
  }
  if (type === "Team") {
    const found = findTeamById(world, Number(first));
    const isThere = found && canSeeTeam(world, actor, found.organisation, found.team);
    return isThere ? { type, ...found } : undefined;
  }
  const repository = world.state.repositories.get(Number(first));
  if (repository === undefined || !canSee(world, actor, repository)) return undefined;
  switch (type) {
    case "Repository":
      return { type, repository };
    case "Ref":
      return refNode(repository, String(second)) ?? undefined;
    case "Commit":
    case "Tree":
    case "Blob":
    case "Tag":
      return gitNode(repository, String(second)) ?? undefined;
    case "BranchProtectionRule": {
      const rule = protectionRules(repository).find(({ id }) => id === second);
      return rule && { type, repository, rule };
    }
    case "PullRequest": {
      const pull = repository.pulls.find(({ number }) => number === second);
      return pull && { type, repository, pull };
    }
    case "PullRequestReview": {
      const pull = repository.pulls.find(({ reviews }) => reviews.some(({ id }) => id === second));
      const review = pull?.reviews.find(({ id }) => id === second);
      return pull && review && { type, repository, pull, review };
    }
    case "IssueComment": {
      const comment = repository.comments.find(({ id }) => id === second);
      return comment && { type, repository, comment };
    }
    case "Label": {
      const label = [...repository.labels.values()].find(({ id }) => id === second);
      return label && { type, repository, label };
    }
    case "Issue": {
      const issue = repository.issues.find(({ number }) => number === second);
      return issue && { type, repository, issue };
    }
    case "Release": {
      const release = repository.releases.find((item) => item.id === second);
      return release && { type, repository, release };
    }
    default:
      return undefined;
  }
}

export function protectionRules({ rules }: Repository): BranchRule[] {
  return rules.filter(({ source }) => source === "protection");
}

function findAccount(accounts: (User | Organisation)[], id: unknown): Node | undefined {
  const account = accounts.find((item) => item.id === id);
  return account && accountNode(account);
}

export function accountNode(account: User | Organisation): Node {
  return account.kind === "user" ? { type: "User", account } : { type: "Organization", account };
}
