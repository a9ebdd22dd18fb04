import type { View } from "./view.ts";
import { permissionFlags, permissionOf, type Role } from "../world/state/role.ts";
import type { Organisation } from "../world/state/accounts.ts";
import type { Team } from "../world/state/team.ts";
import { membersOf, teamRepositories } from "../world/accounts/teams.ts";
import { fullOrganisation, webUrl } from "./account.ts";
import { nodeId } from "./node-id.ts";

export function teamHtmlUrl({ login }: Organisation, { slug }: Team): string {
  return `${webUrl}/orgs/${login}/teams/${slug}`;
}

/** GitHub's `team-simple`. */
function simpleTeam({ api }: View, organisation: Organisation, team: Team) {
  const url = `${api}/organizations/${organisation.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("Team", team.id),
    name: team.name,
    slug: team.slug,
    description: team.description,
    privacy: team.privacy,
    notification_setting: team.notifications ? "notifications_enabled" : "notifications_disabled",
    permission: team.permission as string,
    url,
    html_url: teamHtmlUrl(organisation, team),
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: organisation.id,
  };
}

/** GitHub's `team`, as in lists. */
export function teamShape(view: View, organisation: Organisation, team: Team) {
  const parent = team.parent === null ? undefined : organisation.teams.get(team.parent);
  return {
    ...simpleTeam(view, organisation, team),
    parent: parent === undefined ? null : simpleTeam(view, organisation, parent),
  };
}

/** GitHub's `team` in a repository's list of its teams. */
export function teamOfRepository(view: View, organisation: Organisation, team: Team, role: Role) {
  return {
    ...teamShape(view, organisation, team),
    permission: permissionOf(role),
    permissions: permissionFlags(role),
    access_source: "direct",
  };
}

/** GitHub's `team-full`. */
export function fullTeam(view: View, organisation: Organisation, team: Team) {
  return {
    ...teamShape(view, organisation, team),
    created_at: team.createdAt,
    updated_at: team.updatedAt,
    members_count: membersOf(organisation, team).length,
    repos_count: teamRepositories(view.world, organisation, team).length,
    organization: fullOrganisation(view, organisation, false),
  };
}
