import type { Grantee } from "./team.ts";

/** A rule on branches: from a ruleset, or classic branch protection. */
export interface BranchRule {
  source: "ruleset" | "protection";
  id: number;
  /** `fnmatch` pattern of branch names; `~DEFAULT_BRANCH` and `~ALL` as rulesets write them. */
  pattern: string;
  requirePullRequest: boolean;
  requiredApprovals: number;
  requireSignatures: boolean;
  requiredStatusChecks: string[];
  /** Whether a branch must also be up to date with its base before it is merged. */
  strictStatusChecks: boolean;
  /** Classic protection lets administrators pass unless this is set. */
  enforceAdmins: boolean;
  blockDeletion: boolean;
  blockForcePush: boolean;
  /** Logins that the rule does not hold. */
  bypass: string[];
  /** Whole groups that a ruleset does not hold. */
  bypassActors: BypassActor[];
  requireLinearHistory: boolean;
  /** Nobody may begin such a branch. */
  blockCreation: boolean;
  /** Nobody may push: a locked branch. */
  blockUpdate: boolean;
  /** Who alone may push; null: whoever may write. */
  pushers: Grantee[] | null;
  /** Who needs no pull request. */
  bypassPullRequest: Grantee[];
  /** Who may force-push all the same. */
  bypassForcePush: Grantee[];
  /** What reviews must be like. Who pushed last is not known, so `lastPushApproval` is never met. */
  reviews: ReviewRules;
  requireConversationResolution: boolean;
  allowForkSyncing: boolean;
}

export interface ReviewRules {
  dismissStale: boolean;
  codeOwners: boolean;
  lastPushApproval: boolean;
  /** Who alone may dismiss a review; null: whoever may write. */
  dismissers: Grantee[] | null;
}

export interface BypassActor {
  /** A team's, or of a repository role: 2 maintain, 4 write, 5 admin. */
  actor_id: number | null;
  actor_type: "OrganizationAdmin" | "RepositoryRole" | "Team";
  bypass_mode: "always" | "pull_request";
}

/** A ruleset as REST wrote it; `include` and `exclude` hold full refs, `~ALL` or `~DEFAULT_BRANCH`. */
export interface Ruleset {
  id: number;
  name: string;
  enforcement: "disabled" | "active" | "evaluate";
  include: string[];
  exclude: string[];
  /** Of an organisation's ruleset: the repositories that it holds. */
  repositories?: RepositoryCondition | undefined;
  bypassActors: BypassActor[];
  rules: { type: string; parameters?: Record<string, unknown> }[];
  createdAt: string;
  updatedAt: string;
}

/**
 * The repositories that an organisation's ruleset holds. Field names are those of GitHub's REST API,
 * which answers them as they were given.
 */
export type RepositoryCondition =
  /** Patterns of names, and `~ALL`. */
  | { repository_name: { include: string[]; exclude: string[]; protected?: boolean | undefined } }
  | { repository_id: { repository_ids: number[] } }
  | { repository_property: { include: PropertyTarget[]; exclude: PropertyTarget[] } };

export interface PropertyTarget {
  name: string;
  /** One of them is enough. */
  property_values: string[];
  source: "custom";
}
