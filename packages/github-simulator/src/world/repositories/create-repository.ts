import { createDefaultLabels } from "./labels.ts";
import { createSecretStore } from "../secrets/sodium.ts";
import type {
  ActionsSettings,
  Environment,
  RepositorySettings,
  Repository,
} from "../state/repository.ts";
import type { World } from "../world.ts";

/** github.com's defaults for a new repository. */
const defaultSettings: RepositorySettings = {
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

export function defaultActionsSettings(workflowPermissions: "read" | "write"): ActionsSettings {
  return {
    allowedActions: "all",
    shaPinningRequired: false,
    selectedActions: { githubOwnedAllowed: true, verifiedAllowed: false, patternsAllowed: [] },
    defaultWorkflowPermissions: workflowPermissions,
    canApprovePullRequestReviews: false,
  };
}

/** Adds an empty repository to an account. */
export function createRepository(
  world: World,
  owner: string,
  name: string,
  given: Partial<Repository> = {},
): Repository {
  const organisation = world.findOrganisation(owner);
  const now = world.now();
  const repository: Repository = {
    id: world.nextId(),
    owner: world.findAccount(owner)?.login ?? owner,
    name,
    description: null,
    homepage: null,
    visibility: "public",
    language: null,
    defaultBranch: organisation?.defaultBranch ?? "main",
    archived: false,
    disabled: false,
    topics: [],
    properties: new Map(),
    settings: { ...defaultSettings },
    vulnerabilityAlerts:
      organisation?.settings.dependabot_alerts_enabled_for_new_repositories ?? false,
    securityFixes:
      organisation?.settings.dependabot_security_updates_enabled_for_new_repositories ?? false,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    collaborators: new Map(),
    objects: new Map(),
    refs: new Map(),
    signed: new Set(),
    rules: [],
    rulesets: [],
    actions: {
      ...defaultActionsSettings(organisation?.actions.defaultWorkflowPermissions ?? "read"),
      enabled: true,
      accessLevel: "none",
    },
    oidcClaimKeys: null,
    secrets: createSecretStore(),
    dependabotSecrets: createSecretStore(),
    codespacesSecrets: createSecretStore(),
    variables: new Map(),
    environments: new Map(),
    pulls: [],
    issues: [],
    labels: createDefaultLabels(world),
    comments: [],
    statuses: [],
    releases: [],
    webhooks: [],
    keys: [],
    autolinks: [],
    milestones: [],
    lastMilestone: 0,
    ...given,
  };
  world.state.repositories.set(repository.id, repository);
  world.state.redirects.delete(`${owner}/${name}`.toLowerCase());
  return repository;
}

export function createEnvironment(world: World, repository: Repository, name: string): Environment {
  const now = world.now();
  const environment: Environment = {
    id: world.nextId(),
    name,
    createdAt: now,
    updatedAt: now,
    waitTimer: 0,
    preventSelfReview: false,
    canAdminsBypass: true,
    reviewers: [],
    branchPolicy: null,
    branchPolicies: [],
    secrets: createSecretStore(),
    variables: new Map(),
  };
  repository.environments.set(name.toLowerCase(), environment);
  return environment;
}
