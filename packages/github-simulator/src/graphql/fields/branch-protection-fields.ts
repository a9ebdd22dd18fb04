import { nodeId } from "../../serializers/node-id.ts";
import { hasStatusChecks } from "../../serializers/branch-protection.ts";
import { classicRulesFor } from "../../world/repositories/branch-rules.ts";
import { branchNames } from "../../world/objects/repository-git.ts";
import type { Grantee } from "../../world/state/team.ts";
import { findTeamById } from "../../world/accounts/teams.ts";
import type { World } from "../../world/world.ts";
import { connection } from "../core/connection.ts";
import { accountNode, idOf, type BranchProtectionNode, type Node } from "../core/node.ts";
import type { Arguments, GraphqlContext, Resolvers } from "../core/resolver.ts";
import type { GraphQLResolveInfo } from "graphql";

/** Classic protection: https://docs.github.com/en/graphql/reference/objects#branchprotectionrule */
export const branchProtectionFields: Resolvers<BranchProtectionNode> = {
  id: (source) => idOf(source),
  databaseId: ({ rule }) => rule.id,
  pattern: ({ rule }) => rule.pattern,
  repository: ({ repository }) => ({ type: "Repository", repository }),
  creator: () => null,
  allowsDeletions: ({ rule }) => !rule.blockDeletion,
  allowsForcePushes: ({ rule }) => !rule.blockForcePush,
  blocksCreations: ({ rule }) => rule.blockCreation,
  dismissesStaleReviews: ({ rule }) => rule.reviews.dismissStale,
  isAdminEnforced: ({ rule }) => rule.enforceAdmins,
  lockAllowsFetchAndMerge: ({ rule }) => rule.allowForkSyncing,
  lockBranch: ({ rule }) => rule.blockUpdate,
  requireLastPushApproval: ({ rule }) => rule.reviews.lastPushApproval,
  requiredApprovingReviewCount: ({ rule }) => rule.requiredApprovals,
  requiredDeploymentEnvironments: () => [],
  requiredStatusCheckContexts: ({ rule }) => rule.requiredStatusChecks,
  requiredStatusChecks: ({ rule }) =>
    rule.requiredStatusChecks.map((context) => ({ context, app: null })),
  requiresApprovingReviews: ({ rule }) => rule.requirePullRequest,
  requiresCodeOwnerReviews: ({ rule }) => rule.reviews.codeOwners,
  requiresCommitSignatures: ({ rule }) => rule.requireSignatures,
  requiresConversationResolution: ({ rule }) => rule.requireConversationResolution,
  requiresDeployments: () => false,
  requiresLinearHistory: ({ rule }) => rule.requireLinearHistory,
  requiresStatusChecks: ({ rule }) => hasStatusChecks(rule),
  requiresStrictStatusChecks: ({ rule }) => rule.strictStatusChecks,
  restrictsPushes: ({ rule }) => rule.pushers !== null,
  restrictsReviewDismissals: ({ rule }) => rule.reviews.dismissers !== null,
  matchingRefs: ({ repository, rule }, args, _, info) =>
    connection(
      branchNames(repository).filter((name) => classicRulesFor(repository, name).includes(rule)),
      args,
      info,
      (name) => ({ type: "Ref", repository, ref: `refs/heads/${name}` }),
    ),
  pushAllowances: allowances(({ rule }) => rule.pushers ?? []),
  reviewDismissalAllowances: allowances(({ rule }) => rule.reviews.dismissers ?? []),
  bypassForcePushAllowances: allowances(({ rule }) => rule.bypassForcePush),
  bypassPullRequestAllowances: allowances(({ rule }) => rule.bypassPullRequest),
};

/** A connection of those to which the rule gives a right. */
function allowances(named: (source: BranchProtectionNode) => readonly Grantee[]) {
  return (
    source: BranchProtectionNode,
    args: Arguments,
    { world }: GraphqlContext,
    info: GraphQLResolveInfo,
  ) =>
    connection(named(source), args, info, (grantee) => ({
      id: nodeId("BranchProtectionRule", source.repository.id, source.rule.id, grantee),
      actor: granteeNode(world, grantee),
      branchProtectionRule: source,
    }));
}

function granteeNode(world: World, grantee: Grantee): Node | null {
  if (typeof grantee === "number") {
    const found = findTeamById(world, grantee);
    return found === undefined ? null : { type: "Team", ...found };
  }
  const user = world.findUser(grantee);
  return user === undefined ? null : accountNode(user);
}
