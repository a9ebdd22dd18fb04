import type { ActionsPolicy, ActionsRepository } from "../actions/host/actions-host.ts";
import { workflowPermissionsOf } from "../world/repositories/workflow-permissions.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";

/** A repository with the Actions settings that apply to it. */
export function actionsRepository(world: World, repository: Repository): ActionsRepository {
  const { id, owner, name, description, defaultBranch, visibility, archived } = repository;
  return {
    id,
    ownerId: world.findAccount(owner)?.id ?? 0,
    owner,
    name,
    description: description ?? "",
    defaultBranch,
    visibility,
    license: "",
    archived,
    policy: policyOf(world, repository),
    defaultWorkflowPermissions: workflowPermissionsOf(world, repository).defaultWorkflowPermissions,
  };
}

/**
 * Repositories cannot loosen or replace the organisation's restrictions:
 * https://docs.github.com/en/rest/actions/permissions#set-github-actions-permissions-for-a-repository
 */
function policyOf(world: World, repository: Repository): ActionsPolicy {
  const organisation = world.findOrganisation(repository.owner);
  const own = repository.actions;
  const restrictive = organisation !== undefined && organisation.actions.allowedActions !== "all";
  const counts = restrictive ? organisation.actions : own;
  return {
    enabled: own.enabled && !repository.disabled && isEnabledByOwner(world, repository),
    allowed: counts.allowedActions,
    ...counts.selectedActions,
    shaPinningRequired: own.shaPinningRequired || organisation?.actions.shaPinningRequired === true,
  };
}

function isEnabledByOwner(world: World, { owner, id }: Repository): boolean {
  const organisation = world.findOrganisation(owner);
  if (organisation === undefined) return true;
  switch (organisation.actions.enabledRepositories) {
    case "all":
      return true;
    case "none":
      return false;
    case "selected":
      return organisation.selectedRepositories.has(id);
  }
}
