import type { SeedTeam } from "../seed.ts";
import type { AuthenticatedActor } from "../world/actor.ts";
import { createTeam, setTeamMember, setTeamRepository } from "../world/accounts/change-teams.ts";
import type { Organisation } from "../world/state/accounts.ts";
import { findTeam, slugOf } from "../world/accounts/teams.ts";
import type { World } from "../world/world.ts";

export function plantTeams(
  world: World,
  actor: AuthenticatedActor,
  organisation: Organisation,
  teams: readonly SeedTeam[],
): void {
  for (const { name, description, privacy, parent, members, repositories } of teams) {
    const above = parent === undefined ? undefined : findTeam(organisation, slugOf(parent));
    const team = createTeam({ world, actor }, organisation, {
      name,
      description: description ?? null,
      privacy,
      notifications: true,
      permission: "pull",
      parent: above?.id ?? null,
    });
    for (const [login, role] of Object.entries(members)) {
      const user = world.findUser(login);
      if (user !== undefined) setTeamMember({ world, actor }, organisation, team, user, role);
    }
    for (const [repository, role] of Object.entries(repositories)) {
      const found = world.repository(`${organisation.login}/${repository}`);
      setTeamRepository({ world, actor }, organisation, team, found, role);
    }
  }
}
