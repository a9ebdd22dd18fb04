import type { Autolink } from "./autolink.ts";
import type { BranchRule, Ruleset } from "./branch-rule.ts";
import type { CustomProperty, PropertyValue } from "./custom-property.ts";
import type { GitObject } from "../objects/git-objects.ts";
import type { Milestone } from "../discussions/milestones.ts";
import type { OrganisationSettings } from "./organisation-settings.ts";
import type { Release } from "./release-state.ts";
import type { Role } from "./role.ts";
import type { SshKey } from "../accounts/ssh-keys.ts";
import type { Team } from "./team.ts";
import type { Webhook } from "../webhooks.ts";

/**
 * All that the simulated GitHub remembers, as plain data: a snapshot is one `structuredClone`.
 * Keys of accounts and repositories are lower case, because GitHub compares names without case.
 */
export interface State {
  nextId: number;
  users: Map<string, User>;
  organisations: Map<string, Organisation>;
  repositories: Map<number, Repository>;
  /** `owner/name` of renamed repositories, in lower case, to their id. */
  redirects: Map<string, number>;
  tokens: Map<string, Token>;
  auditLog: AuditEntry[];
}

export interface User {
  kind: "user";
  id: number;
  login: string;
  name: string;
  email: string;
  createdAt: string;
  /** For git over SSH. */
  keys: SshKey[];
}

export interface Organisation {
  kind: "organisation";
  id: number;
  login: string;
  name: string;
  email: string;
  plan: "free" | "team" | "enterprise";
  createdAt: string;
  defaultBranch: string;
  /** What members may do in every repository of the organisation. */
  basePermission: "none" | "read" | "write" | "admin";
  members: Map<string, "admin" | "member">;
  /** By login in lower case: who was asked to become a member, and has not answered. */
  invitations: Map<string, Invitation>;
  teams: Map<number, Team>;
  actions: ActionsSettings & { enabledRepositories: "all" | "none" | "selected" };
  selectedRepositories: Set<number>;
  /** Those of Actions. */
  secrets: SecretStore;
  dependabotSecrets: SecretStore;
  codespacesSecrets: SecretStore;
  variables: Map<string, Variable>;
  rulesets: Ruleset[];
  /** What the subject of a job's OpenID Connect token is made of. */
  oidcClaimKeys: string[];
  /** What it says of its repositories, by name in lower case. */
  properties: Map<string, CustomProperty>;
  webhooks: Webhook[];
  settings: OrganisationSettings;
  /** Whether owners see IP addresses in the audit log. */
  auditLogAddresses: boolean;
}

export interface Invitation {
  id: number;
  role: "admin" | "member";
  inviter: string;
  createdAt: string;
}

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

export interface SecretStore {
  key: { id: string; publicKey: Uint8Array; privateKey: Uint8Array };
  secrets: Map<string, Secret>;
}

/** Which repositories may use an organisation's secret or variable. */
export interface Audience {
  visibility: "all" | "private" | "selected";
  selected: Set<number>;
}

export interface Secret extends Audience {
  name: string;
  /** As GitHub would hand it to a job: the opened box. */
  value: string;
  createdAt: string;
  updatedAt: string;
}

export interface Variable extends Audience {
  name: string;
  value: string;
  createdAt: string;
  updatedAt: string;
}

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
  /** Dependabot's pull requests for what its alerts find. */
  securityFixes: boolean;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  collaborators: Map<string, Role>;
  objects: Map<string, GitObject>;
  /** Full names, as `refs/heads/main`, to object ids. */
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
  /** Those of Actions. */
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
  /** The number that the last one got. */
  lastMilestone: number;
}

/** Field names are those of GitHub's REST API, since PATCH copies them one to one. */
export interface RepositorySettings {
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  has_downloads: boolean;
  has_discussions: boolean;
  has_pages: boolean;
  is_template: boolean;
  allow_squash_merge: boolean;
  allow_merge_commit: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  allow_forking: boolean;
  delete_branch_on_merge: boolean;
  web_commit_signoff_required: boolean;
  use_squash_pr_title_as_default: boolean;
  squash_merge_commit_title: string;
  squash_merge_commit_message: string;
  merge_commit_title: string;
  merge_commit_message: string;
}

/** What somebody reports of a commit; the newest of each context counts. */
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

export interface PullRequest {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: string;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  state: "open" | "closed";
  labels: string[];
  assignees: string[];
  /** Logins that were asked for a review and have not given one. */
  requestedReviewers: string[];
  /** Oldest first. */
  reviews: Review[];
  draft: boolean;
  maintainerCanModify: boolean;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeCommit: string | null;
}

export interface Review {
  id: number;
  author: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  body: string;
  /** The head that was reviewed. */
  commit: string;
  submittedAt: string;
}

export interface Label {
  id: number;
  name: string;
  /** Six hexadecimal digits, without a number sign. */
  color: string;
  description: string | null;
  isDefault: boolean;
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: string;
  labels: string[];
  assignees: string[];
  /** Its number. */
  milestone: number | null;
  state: "open" | "closed";
  stateReason: string | null;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface IssueComment {
  id: number;
  /** Number of the issue or pull request. */
  issue: number;
  author: string;
  body: string;
  createdAt: string;
  updatedAt: string;
}

export type { Release, ReleaseAsset } from "./release-state.ts";

export type TokenKind = "classic" | "fine-grained" | "app" | "job";

export interface Token {
  name: string;
  kind: TokenKind;
  value: string;
  owner: string;
  scopes: string[];
  /** Rights of fine-grained, app and job tokens, by GitHub's permission names. */
  permissions: Record<string, "read" | "write">;
  /** Ids of the repositories a fine-grained, app or job token reaches; undefined: all its owner's. */
  repositories: number[] | undefined;
  createdAt: string;
  /** ISO 8601; null: never. */
  expiresAt: string | null;
}

export interface AuditEntry {
  id: string;
  action: string;
  actor: string;
  at: number;
  /** Absent where no token was used, as in a browser. */
  hashedToken?: string;
  /** `programmatic_access_type` */
  accessType?: string;
  address?: string;
  userAgent?: string;
  fields: Record<string, string | number | boolean | string[]>;
}
