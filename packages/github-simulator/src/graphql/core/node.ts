import { findTeamById } from "../../world/accounts/teams.ts";
import type { GraphqlContext } from "./resolver.ts";
import { nodeId } from "../../serializers/node-id.ts";
import type { BranchRule } from "../../world/state/branch-rule.ts";
import type { Environment, Repository } from "../../world/state/repository.ts";
import type {
  Issue,
  IssueComment,
  Label,
  PullRequest,
  Review,
} from "../../world/state/discussions.ts";
import type { Organisation, User } from "../../world/state/accounts.ts";
import type { Release } from "../../world/state/release.ts";
import type { Grantee, Team } from "../../world/state/team.ts";

/** The source of a resolver: an object of the world with its GraphQL type. */
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
  /** Full name, e.g. `refs/heads/main`. */
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

export function protectionRules({ rules }: Repository): BranchRule[] {
  return rules.filter(({ source }) => source === "protection");
}

export function accountNode(account: User | Organisation) {
  return account.kind === "user"
    ? ({ type: "User", account } as const)
    : ({ type: "Organization", account } as const);
}

/** The account of a login, if it exists. */
export function userNode(login: string, { world }: GraphqlContext) {
  const user = world.findUser(login);
  return user === undefined ? null : accountNode(user);
}

/** The person or team that a rule or a request names. */
export function granteeNode(grantee: Grantee, context: GraphqlContext) {
  if (typeof grantee === "string") return userNode(grantee, context);
  const found = findTeamById(context.world, grantee);
  return found === undefined ? null : ({ type: "Team", ...found } as const);
}
