import type { ActionsSettings, Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/**
 * The workflow permissions of a repository. Where its organisation chose the restrictive option, GitHub
 * selects it in each repository, and leaves no choice.
 *
 * https://docs.github.com/en/organizations/managing-organization-settings/disabling-or-limiting-github-actions-for-your-organization#setting-the-permissions-of-the-github_token-for-your-organization
 */
export function workflowPermissionsOf(
  world: World,
  { owner, actions }: Pick<Repository, "owner" | "actions">,
): Pick<ActionsSettings, "defaultWorkflowPermissions" | "canApprovePullRequestReviews"> {
  const organisation = world.findOrganisation(owner)?.actions;
  const isReading = organisation?.defaultWorkflowPermissions === "read";
  const mayApprove = organisation?.canApprovePullRequestReviews ?? true;
  return {
    defaultWorkflowPermissions: isReading ? "read" : actions.defaultWorkflowPermissions,
    canApprovePullRequestReviews: mayApprove && actions.canApprovePullRequestReviews,
  };
}
