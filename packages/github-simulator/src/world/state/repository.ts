import type { BranchRule, Ruleset } from "./branch-rule.ts";
import type { Issue, IssueComment, Label, Milestone, PullRequest } from "./discussions.ts";
import type { Release } from "./release.ts";
import type { Role } from "./role.ts";
import type { SecretStore, Variable } from "./secrets.ts";
import type { Webhook } from "./webhook.ts";

export interface Repository {
  id: number;
  owner: string;
  name: string;
  description: string | null;
  homepage: string | null;
  visibility: "public" | "private" | "internal";
  language: string | null;
  defaultBranch: string;
  archived: boolean;
  disabled: boolean;
  topics: string[];
  /** Values of its organisation's properties, by name in lower case. */
  properties: Map<string, PropertyValue>;
  settings: RepositorySettings;
  vulnerabilityAlerts: boolean;
  /** Whether Dependabot opens pull requests for its alerts. */
  securityFixes: boolean;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  collaborators: Map<string, Role>;
  objects: Map<string, GitObject>;
  /** Full names, e.g. `refs/heads/main`, to object ids. */
  refs: Map<string, string>;
  /** Commits that GitHub signed itself. */
  signed: Set<string>;
  rules: BranchRule[];
  rulesets: Ruleset[];
  actions: ActionsSettings & {
    enabled: boolean;
    accessLevel: "none" | "user" | "organization" | "enterprise";
  };
  /** Null: GitHub's default. */
  oidcClaimKeys: string[] | null;
  /** Of Actions. */
  secrets: SecretStore;
  dependabotSecrets: SecretStore;
  codespacesSecrets: SecretStore;
  variables: Map<string, Variable>;
  environments: Map<string, Environment>;
  pulls: PullRequest[];
  issues: Issue[];
  /** By name in lower case. */
  labels: Map<string, Label>;
  /** On issues and pull requests, oldest first. */
  comments: IssueComment[];
  /** Oldest first. */
  statuses: CommitStatus[];
  releases: Release[];
  webhooks: Webhook[];
  /** Deploy keys. */
  keys: SshKey[];
  autolinks: Autolink[];
  milestones: Milestone[];
  /** The last number that was used. */
  lastMilestone: number;
}

/** github.com's defaults for a new repository; the names are REST's, since PATCH copies them one to one. */
export const defaultSettings = {
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  has_downloads: true,
  has_discussions: false,
  has_pages: false,
  is_template: false,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  allow_forking: false,
  delete_branch_on_merge: false,
  web_commit_signoff_required: false,
  use_squash_pr_title_as_default: false,
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  merge_commit_title: "MERGE_MESSAGE",
  merge_commit_message: "PR_TITLE",
};

export type RepositorySettings = typeof defaultSettings;

export interface ActionsSettings {
  allowedActions: "all" | "local_only" | "selected";
  shaPinningRequired: boolean;
  selectedActions: {
    githubOwnedAllowed: boolean;
    verifiedAllowed: boolean;
    patternsAllowed: string[];
  };
  defaultWorkflowPermissions: "read" | "write";
  canApprovePullRequestReviews: boolean;
}

export interface Environment {
  id: number;
  name: string;
  createdAt: string;
  updatedAt: string;
  waitTimer: number;
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  reviewers: { type: "User" | "Team"; id: number }[];
  branchPolicy: { protectedBranches: boolean; customBranchPolicies: boolean } | null;
  branchPolicies: { id: number; name: string; type: "branch" | "tag" }[];
  secrets: SecretStore;
  variables: Map<string, Variable>;
}

/** A commit status; the newest of each context counts. */
export interface CommitStatus {
  id: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: string;
  updatedAt: string;
}

/** Git's object formats: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export interface GitObject {
  type: "blob" | "tree" | "commit" | "tag";
  body: Uint8Array;
}

/** A public key for one repository, or for all that its owner may use. */
export interface SshKey {
  id: number;
  title: string;
  /** Algorithm and key, without a comment. */
  key: string;
  readOnly: boolean;
  addedBy: string;
  createdAt: string;
}

export type PropertyValue = string | string[];

/** Turns a prefix and the reference after it into an external link. */
export interface Autolink {
  id: number;
  prefix: string;
  /** With `<num>` in place of the reference. */
  urlTemplate: string;
  isAlphanumeric: boolean;
  updatedAt: string;
}
