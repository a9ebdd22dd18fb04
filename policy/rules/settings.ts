import { ghcr, github } from "../model/resource-types.ts";
import type { Resource, ResourceRule } from "../model/rule.ts";

/** The permissions of a workflow without `permissions`. */
export const actionsTokenRead: ResourceRule = {
  kind: "resource",
  id: "actions-token-read",
  level: "mandatory",
  severity: "high",
  description: "A workflow's token reads by default, and Actions cannot approve pull requests.",
  remediation:
    'Set defaultWorkflowPermissions to "read" and canApprovePullRequestReviews to false.',
  source:
    "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository#setting-the-permissions-of-the-github_token-for-your-repository",
  sees: "ActionsSettings of the fleet, WorkflowRepositoryPermissions and ActionsOrganizationWorkflowPermissions of the GitHub provider; a setting that no stack declares is not seen.",
  resourceTypes: [
    ghcr.settings,
    github.repositoryWorkflowPermissions,
    github.organizationWorkflowPermissions,
  ],
  *judge(resource) {
    const { props } = resource;
    if (leavesAlone(resource, "defaultWorkflowPermissions", "canApprovePullRequestReviews")) return;
    if (props["defaultWorkflowPermissions"] !== "read")
      yield "let a workflow's token read only, by default";
    // The provider treats a missing value as false.
    if ((props["canApprovePullRequestReviews"] ?? false) !== false)
      yield "not let Actions approve pull requests";
  },
};

/** GitHub then refuses a workflow that uses a tag. */
export const actionsPinningRequired: ResourceRule = {
  kind: "resource",
  id: "actions-pinning-required",
  level: "advisory",
  severity: "low",
  description: "GitHub refuses actions that are not pinned to a commit.",
  remediation: "Set shaPinningRequired, in a fleet with actions.requirePinnedActions.",
  source:
    "https://docs.github.com/en/organizations/managing-organization-settings/disabling-or-limiting-github-actions-for-your-organization",
  sees: "ActionsSettings of the fleet, ActionsRepositoryPermissions and ActionsOrganizationPermissions of the GitHub provider; a setting that no stack declares is not seen.",
  resourceTypes: [ghcr.settings, github.repositoryActions, github.organizationActions],
  *judge(resource) {
    if (leavesAlone(resource, "shaPinningRequired", "allowedActions")) return;
    if (resource.props["shaPinningRequired"] !== true)
      yield "require actions to be pinned to a commit";
  },
};

/** The fleet's resource has all settings of a repository, and those without a value stay as they are. */
function leavesAlone({ type, props }: Resource, ...settings: readonly string[]): boolean {
  return type === ghcr.settings && settings.every((name) => !Object.hasOwn(props, name));
}
