import type * as Schema from "@octokit/graphql-schema";
import { noRule } from "../../world/repositories/branch-rules.ts";
import type { BranchRule } from "../../world/state/branch-rule.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { Grantee } from "../../world/state/team.ts";
import { nodeOf, type Mutations } from "../core/mutation.ts";
import { nodeById } from "../core/find-node.ts";
import { graphqlError, type GraphqlContext } from "../core/resolver.ts";
import { administrable } from "../core/writable.ts";

/** https://docs.github.com/en/graphql/reference/mutations#createbranchprotectionrule */
export const branchProtectionMutations = {
  createBranchProtectionRule(input: Schema.CreateBranchProtectionRuleInput, context) {
    const repository = administrable(context, nodeOf(context, input.repositoryId, "Repository"));
    assertFree(repository, input.pattern, undefined);
    const rule: BranchRule = {
      ...noRule,
      blockDeletion: true,
      blockForcePush: true,
      ...settingsOf(context, input, noRule),
      source: "protection",
      id: context.world.nextId(),
      pattern: input.pattern,
    };
    repository.rules.push(rule);
    return { branchProtectionRule: { type: "BranchProtectionRule", repository, rule } };
  },
  updateBranchProtectionRule(input: Schema.UpdateBranchProtectionRuleInput, context) {
    const node = nodeOf(context, input.branchProtectionRuleId, "BranchProtectionRule");
    const { rule } = node;
    const pattern = input.pattern ?? rule.pattern;
    assertFree(administrable(context, node), pattern, rule);
    Object.assign(rule, settingsOf(context, input, rule), { pattern });
    return { branchProtectionRule: node };
  },
  deleteBranchProtectionRule(input: Schema.DeleteBranchProtectionRuleInput, context) {
    const node = nodeOf(context, input.branchProtectionRuleId, "BranchProtectionRule");
    const repository = administrable(context, node);
    repository.rules = repository.rules.filter((rule) => rule !== node.rule);
    return {};
  },
} satisfies Mutations;

function assertFree({ rules }: Repository, pattern: string, self: BranchRule | undefined): void {
  const twin = rules.find((rule) => rule.source === "protection" && rule.pattern === pattern);
  if (twin !== undefined && twin !== self) {
    throw graphqlError("UNPROCESSABLE", `Name already protected: ${pattern}`);
  }
}

type Settings = Omit<Schema.UpdateBranchProtectionRuleInput, "branchProtectionRuleId">;

/** The rule's fields in the input; the others stay unchanged. */
function settingsOf(
  context: GraphqlContext,
  given: Settings,
  now: typeof noRule,
): Partial<BranchRule> {
  if (given.requiresDeployments) {
    throw graphqlError("NOT_IMPLEMENTED", "the simulator does not implement required deployments");
  }
  const flag = (value: boolean | null | undefined, before: boolean) => value ?? before;
  const named = (ids: string[] | null | undefined, before: Grantee[]) =>
    ids?.map((id) => granteeOf(context, id)) ?? before;
  const { reviews } = now;
  const restrictsDismissals = given.restrictsReviewDismissals ?? reviews.dismissers !== null;
  const restrictsPushes = given.restrictsPushes ?? now.pushers !== null;
  const contexts =
    given.requiredStatusChecks?.map(({ context: name }) => name) ??
    given.requiredStatusCheckContexts ??
    now.requiredStatusChecks;
  const requiresChecks = given.requiresStatusChecks ?? true;
  return {
    requirePullRequest: flag(given.requiresApprovingReviews, now.requirePullRequest),
    requiredApprovals: given.requiredApprovingReviewCount ?? now.requiredApprovals,
    reviews: {
      dismissStale: flag(given.dismissesStaleReviews, reviews.dismissStale),
      codeOwners: flag(given.requiresCodeOwnerReviews, reviews.codeOwners),
      lastPushApproval: flag(given.requireLastPushApproval, reviews.lastPushApproval),
      dismissers: restrictsDismissals
        ? named(given.reviewDismissalActorIds, reviews.dismissers ?? [])
        : null,
    },
    bypassPullRequest: named(given.bypassPullRequestActorIds, now.bypassPullRequest),
    bypassForcePush: named(given.bypassForcePushActorIds, now.bypassForcePush),
    requireSignatures: flag(given.requiresCommitSignatures, now.requireSignatures),
    requiredStatusChecks: requiresChecks ? [...contexts] : [],
    strictStatusChecks:
      requiresChecks && flag(given.requiresStrictStatusChecks, now.strictStatusChecks),
    enforceAdmins: flag(given.isAdminEnforced, now.enforceAdmins),
    ...(given.allowsDeletions == null ? {} : { blockDeletion: !given.allowsDeletions }),
    ...(given.allowsForcePushes == null ? {} : { blockForcePush: !given.allowsForcePushes }),
    pushers: restrictsPushes ? named(given.pushActorIds, now.pushers ?? []) : null,
    requireLinearHistory: flag(given.requiresLinearHistory, now.requireLinearHistory),
    blockCreation: flag(given.blocksCreations, now.blockCreation),
    blockUpdate: flag(given.lockBranch, now.blockUpdate),
    requireConversationResolution: flag(
      given.requiresConversationResolution,
      now.requireConversationResolution,
    ),
    allowForkSyncing: flag(given.lockAllowsFetchAndMerge, now.allowForkSyncing),
  };
}

function granteeOf(context: GraphqlContext, id: string): Grantee {
  const node = nodeById(context, id);
  if (node.type === "Team") return node.team.id;
  if (node.type === "User") return node.account.login;
  throw graphqlError(
    "NOT_IMPLEMENTED",
    `the simulator does not support ${node.type} as a rule's actor`,
  );
}
