import { defaultSettings } from "../state/repository.ts";
import { createDefaultLabels } from "./labels.ts";
import { createSecretStore } from "../secrets/sodium.ts";
import type { ActionsSettings, Environment, Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

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
