import type { Actor } from "../actor.ts";
import { canAdministrate, organisationRole } from "./permissions.ts";
import type { Organisation } from "../state/accounts.ts";
import type { Team } from "../state/team.ts";
import { teamsOf } from "./teams.ts";
import type { World } from "../world.ts";

/** Members see each other; an App of the organisation counts as one of its owners. */
export function isInside(world: World, actor: Actor, organisation: Organisation): boolean {
  return (
    canAdministrate(world, actor, organisation) ||
    organisationRole(world, actor.login, organisation.login) !== undefined
  );
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#team-visibility */
export function canSeeTeam(
  world: World,
  actor: Actor,
  organisation: Organisation,
  team: Team,
): boolean {
  if (!isInside(world, actor, organisation)) return false;
  return (
    team.privacy === "closed" ||
    canAdministrate(world, actor, organisation) ||
    teamsOf(organisation, actor.login).includes(team)
  );
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/assigning-the-team-maintainer-role-to-a-team-member */
export function canMaintain(
  world: World,
  actor: Actor,
  organisation: Organisation,
  team: Team,
): boolean {
  if (canAdministrate(world, actor, organisation)) return true;
  const login = actor.login?.toLowerCase() ?? "";
  return organisation.members.has(login) && team.members.get(login) === "maintainer";
}
