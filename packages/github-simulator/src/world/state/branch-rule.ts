import type { Grantee } from "./team.ts";

/** A rule on branches: from a ruleset, or classic branch protection. */
export interface BranchRule {
  source: "ruleset" | "protection";
  id: number;
  /** `fnmatch` pattern of branch names; `~DEFAULT_BRANCH` and `~ALL` as in rulesets. */
  pattern: string;
  requirePullRequest: boolean;
  requiredApprovals: number;
  requireSignatures: boolean;
  requiredStatusChecks: string[];
  /** Whether a branch must also be up to date with its base before it is merged. */
  strictStatusChecks: boolean;
  /** Classic protection does not apply to administrators unless this is set. */
  enforceAdmins: boolean;
  blockDeletion: boolean;
  blockForcePush: boolean;
  /** Logins that the rule does not apply to. */
  bypass: string[];
  /** Groups that a ruleset does not apply to. */
  bypassActors: BypassActor[];
  requireLinearHistory: boolean;
  /** Nobody may create such a branch. */
  blockCreation: boolean;
  /** Nobody may push: a locked branch. */
  blockUpdate: boolean;
  /** The only ones who may push; null: everybody who may write. */
  pushers: Grantee[] | null;
  /** Those who need no pull request. */
  bypassPullRequest: Grantee[];
  /** Those who may force-push anyway. */
  bypassForcePush: Grantee[];
  /** Conditions for reviews. Who pushed last is not known, so `lastPushApproval` is never met. */
  reviews: ReviewRules;
  requireConversationResolution: boolean;
  allowForkSyncing: boolean;
  /** Only the merge queue changes the branch. */
  mergeQueue: boolean;
}

export interface ReviewRules {
  dismissStale: boolean;
  codeOwners: boolean;
  lastPushApproval: boolean;
  /** The only ones who may dismiss a review; null: everybody who may write. */
  dismissers: Grantee[] | null;
}

export interface BypassActor {
  /** Id of a team, or of a repository role: 2 maintain, 4 write, 5 admin. */
  actor_id: number | null;
  actor_type: "OrganizationAdmin" | "RepositoryRole" | "Team";
  bypass_mode: "always" | "pull_request";
}

/** A ruleset as in REST; `include` and `exclude` contain full refs, `~ALL` or `~DEFAULT_BRANCH`. */
export interface Ruleset {
  id: number;
  name: string;
  enforcement: "disabled" | "active" | "evaluate";
  include: string[];
  exclude: string[];
  /** The repositories that an organisation's ruleset applies to. */
  repositories?: RepositoryCondition | undefined;
  bypassActors: BypassActor[];
  rules: { type: string; parameters?: Record<string, unknown> }[];
  createdAt: string;
  updatedAt: string;
}

/**
 * The repositories that an organisation's ruleset applies to. Field names are those of GitHub's REST API,
 * which returns them as they were given.
 */
export type RepositoryCondition =
  /** Patterns of names, and `~ALL`. */
  | { repository_name: { include: string[]; exclude: string[]; protected?: boolean | undefined } }
  | { repository_id: { repository_ids: number[] } }
  | { repository_property: { include: PropertyTarget[]; exclude: PropertyTarget[] } };

export interface PropertyTarget {
  name: string;
  /** A match with one of them is enough. */
  property_values: string[];
  source: "custom";
}
