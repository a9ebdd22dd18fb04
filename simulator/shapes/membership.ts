import type { Organisation, User } from "../world/state.ts";
import type { Team } from "../world/team.ts";
import { roleInTeam } from "../world/teams.ts";
import { simpleOrganisation, simpleUser } from "./account.ts";

/** GitHub's `org-membership`; undefined for who neither is a member nor was asked to become one. */
export function organisationMembership(api: string, organisation: Organisation, user: User) {
  const login = user.login.toLowerCase();
  const role = organisation.members.get(login) ?? organisation.invitations.get(login)?.role;
  if (role === undefined) return undefined;
  const url = `${api}/orgs/${organisation.login}`;
  return {
    url: `${url}/memberships/${user.login}`,
    state: stateOf(organisation, user),
    role,
    organization_url: url,
    organization: simpleOrganisation(api, organisation),
    user: simpleUser(api, user),
  };
}

/** GitHub's `team-membership`. */
export function teamMembership(api: string, organisation: Organisation, team: Team, user: User) {
  return {
    url: `${api}/organizations/${organisation.id}/team/${team.id}/memberships/${user.login}`,
    state: stateOf(organisation, user),
    role: roleInTeam(organisation, team, user.login.toLowerCase()),
  };
}

function stateOf({ members }: Organisation, { login }: User): "active" | "pending" {
  return members.has(login.toLowerCase()) ? "active" : "pending";
}
