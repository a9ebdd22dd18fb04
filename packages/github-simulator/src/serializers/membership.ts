import type { View } from "./view.ts";
import type { Organisation, User } from "../world/state/accounts.ts";
import type { Team } from "../world/state/team.ts";
import { roleInTeam } from "../world/accounts/teams.ts";
import { simpleOrganisation, simpleUser, simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";

/** GitHub's `org-membership`; undefined for somebody who is neither a member nor invited. */
export function organisationMembership(view: View, organisation: Organisation, user: User) {
  const login = user.login.toLowerCase();
  const role = organisation.members.get(login) ?? organisation.invitations.get(login)?.role;
  if (role === undefined) return undefined;
  const url = `${view.api}/orgs/${organisation.login}`;
  return {
    url: `${url}/memberships/${user.login}`,
    state: stateOf(organisation, user),
    role,
    organization_url: url,
    organization: simpleOrganisation(view, organisation),
    user: simpleUser(view, user),
  };
}

/** GitHub's `team-membership`. */
export function teamMembership({ api }: View, organisation: Organisation, team: Team, user: User) {
  return {
    url: `${api}/organizations/${organisation.id}/team/${team.id}/memberships/${user.login}`,
    state: stateOf(organisation, user),
    role: roleInTeam(organisation, team, user.login.toLowerCase()),
  };
}

function stateOf({ members }: Organisation, { login }: User): "active" | "pending" {
  return members.has(login.toLowerCase()) ? "active" : "pending";
}

/** GitHub's `organization-invitation`, for somebody who has one. */
export function organisationInvitation(view: View, organisation: Organisation, login: string) {
  const { world, api } = view;
  const invitation = organisation.invitations.get(login);
  const teams = [...organisation.teams.values()].filter(({ members }) => members.has(login));
  const id = invitation?.id ?? 0;
  return {
    id,
    node_id: nodeId("OrganizationInvitation", id),
    login: world.findUser(login)?.login ?? login,
    email: null,
    role: invitation?.role === "admin" ? "admin" : "direct_member",
    created_at: invitation?.createdAt ?? world.now(),
    failed_at: null,
    failed_reason: null,
    inviter: simpleUserByLogin(view, invitation?.inviter ?? ""),
    team_count: teams.length,
    invitation_teams_url: `${api}/organizations/${organisation.id}/invitations/${id}/teams`,
    invitation_source: "member",
  };
}
