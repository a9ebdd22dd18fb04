import type { Arguments } from "../core/resolver.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { hasStatusChecks } from "../../serializers/branch-protection.ts";
import { classicRulesFor } from "../../world/repositories/branch-rules.ts";
import { branchNames } from "../../world/objects/repository-git.ts";
import type { Grantee } from "../../world/state/team.ts";
import { idOf, type BranchProtectionNode, granteeNode } from "../core/node.ts";
import type { GraphqlContext, Resolvers } from "../core/resolver.ts";

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
  matchingRefs: ({ repository, rule }) =>
    branchNames(repository)
      .filter((name) => classicRulesFor(repository, name).includes(rule))
      .map((name) => ({ type: "Ref", repository, ref: `refs/heads/${name}` })),
  pushAllowances: allowances(({ rule }) => rule.pushers ?? []),
  reviewDismissalAllowances: allowances(({ rule }) => rule.reviews.dismissers ?? []),
  bypassForcePushAllowances: allowances(({ rule }) => rule.bypassForcePush),
  bypassPullRequestAllowances: allowances(({ rule }) => rule.bypassPullRequest),
};

/** A connection of those to which the rule gives a right. */
function allowances(named: (source: BranchProtectionNode) => readonly Grantee[]) {
  return (source: BranchProtectionNode, _: Arguments, context: GraphqlContext) =>
    named(source).map((grantee) => ({
      id: nodeId("BranchProtectionRule", source.repository.id, source.rule.id, grantee),
      actor: granteeNode(grantee, context),
      branchProtectionRule: source,
    }));
}
