import { highestRole, type Role } from "../state/role.ts";
import type { Organisation } from "../state/accounts.ts";
import type { Repository } from "../state/repository.ts";
import type { Team } from "../state/team.ts";
import type { World } from "../world.ts";

/** "replaces special characters in the `name` string, changes all words to lowercase": https://docs.github.com/en/rest/teams/teams#get-a-team-by-name */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

export function findTeam({ teams }: Organisation, slug: string): Team | undefined {
  return [...teams.values()].find((team) => team.slug === slug.toLowerCase());
}

/** The team with an id, in any organisation. */
export function findTeamById(
  world: World,
  id: number,
): { organisation: Organisation; team: Team } | undefined {
  for (const organisation of world.state.organisations.values()) {
    const team = organisation.teams.get(id);
    if (team !== undefined) return { organisation, team };
  }
  return undefined;
}

/** The parent teams, nearest first. */
export function ancestorsOf({ teams }: Organisation, team: Team): Team[] {
  const found: Team[] = [];
  let above = team.parent === null ? undefined : teams.get(team.parent);
  while (above !== undefined && !found.includes(above)) {
    found.push(above);
    above = above.parent === null ? undefined : teams.get(above.parent);
  }
  return found;
}

/** The direct child teams. */
export function childrenOf({ teams }: Organisation, team: Team): Team[] {
  return [...teams.values()].filter(({ parent }) => parent === team.id);
}

/** All child teams, direct and indirect. */
export function descendantsOf(organisation: Organisation, team: Team): Team[] {
  return [...organisation.teams.values()].filter((other) =>
    ancestorsOf(organisation, other).includes(team),
  );
}

export interface TeamMember {
  login: string;
  role: "member" | "maintainer";
  /** Only through a child team. */
  inherited: boolean;
}

/** The members of a team; invited people are not included. */
export function membersOf(organisation: Organisation, team: Team): TeamMember[] {
  const own = [...team.members.keys()];
  const below = descendantsOf(organisation, team).flatMap(({ members }) => [...members.keys()]);
  return [...new Set([...own, ...below])]
    .filter((login) => organisation.members.has(login))
    .map((login) => ({
      login,
      role: roleInTeam(organisation, team, login),
      inherited: !team.members.has(login),
    }));
}

/** "The `role` for organization owners is set to `maintainer`": https://docs.github.com/en/rest/teams/members */
export function roleInTeam(
  { members }: Organisation,
  team: Team,
  login: string,
): TeamMember["role"] {
  return members.get(login) === "admin" ? "maintainer" : (team.members.get(login) ?? "member");
}

/** All teams of a person: a member of a child team is also a member of its parents. */
export function teamsOf(organisation: Organisation, login: string | undefined): Team[] {
  const key = login?.toLowerCase() ?? "";
  if (!organisation.members.has(key)) return [];
  const direct = [...organisation.teams.values()].filter(({ members }) => members.has(key));
  return [...new Set(direct.flatMap((team) => [team, ...ancestorsOf(organisation, team)]))];
}

/** A team's role in a repository, its own or inherited from its parents. */
export function teamRole(
  organisation: Organisation,
  team: Team,
  { id }: Pick<Repository, "id">,
): Role | "none" {
  const line = [team, ...ancestorsOf(organisation, team)];
  return highestRole(line.map(({ repositories }) => repositories.get(id) ?? "none"));
}

/** The repositories of a team, including those of its parents. */
export function teamRepositories(
  world: World,
  organisation: Organisation,
  team: Team,
): Repository[] {
  const line = [team, ...ancestorsOf(organisation, team)];
  const ids = new Set(line.flatMap(({ repositories }) => [...repositories.keys()]));
  return world.repositoriesOf(organisation.login).filter(({ id }) => ids.has(id));
}
