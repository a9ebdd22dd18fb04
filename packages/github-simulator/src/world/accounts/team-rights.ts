import type { Session } from "../session.ts";
import { canAdministrate, organisationRole } from "./permissions.ts";
import type { Organisation } from "../state/accounts.ts";
import type { Team } from "../state/team.ts";
import { teamsOf } from "./teams.ts";

/** Members see each other; an App of the organisation counts as one of its owners. */
export function isInside(session: Session, organisation: Organisation): boolean {
  const { world, actor } = session;
  return (
    canAdministrate(session, organisation) ||
    organisationRole(world, actor.login, organisation.login) !== undefined
  );
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#team-visibility */
export function canSeeTeam(session: Session, organisation: Organisation, team: Team): boolean {
  if (!isInside(session, organisation)) return false;
  return (
    team.privacy === "closed" ||
    canAdministrate(session, organisation) ||
    teamsOf(organisation, session.actor.login).includes(team)
  );
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/assigning-the-team-maintainer-role-to-a-team-member */
export function canMaintain(session: Session, organisation: Organisation, team: Team): boolean {
  if (canAdministrate(session, organisation)) return true;
  const login = session.actor.login?.toLowerCase() ?? "";
  return organisation.members.has(login) && team.members.get(login) === "maintainer";
}
