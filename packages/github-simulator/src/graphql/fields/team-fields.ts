import { inaccessible } from "../../http/access.ts";
import { teamHtmlUrl } from "../../serializers/team.ts";
import { canSee } from "../../world/accounts/permissions.ts";
import type { Organisation } from "../../world/state/accounts.ts";
import type { Team } from "../../world/state/team.ts";
import { canMaintain, canSeeTeam } from "../../world/accounts/team-rights.ts";
import {
  ancestorsOf,
  childrenOf,
  descendantsOf,
  findTeam,
  membersOf,
  teamRepositories,
  teamRole,
  teamsOf,
  type TeamMember,
  roleInTeam,
} from "../../world/accounts/teams.ts";
import { connection } from "../core/connection.ts";
import { accountNode, idOf, type TeamNode } from "../core/node.ts";
import {
  graphqlError,
  type Arguments,
  type GraphqlContext,
  type Resolvers,
  fieldsOf,
} from "../core/resolver.ts";

/** https://docs.github.com/en/graphql/reference/objects#team */
export const teamFields: Resolvers<TeamNode> = {
  id: (source) => idOf(source),
  databaseId: ({ team }) => team.id,
  ...fieldsOf<Team>("team", ["name", "slug", "description", "createdAt", "updatedAt"]),
  combinedSlug: ({ organisation, team }) => `${organisation.login}/${team.slug}`,
  privacy: ({ team }) => (team.privacy === "closed" ? "VISIBLE" : "SECRET"),
  notificationSetting: ({ team }) => notificationSetting(team),
  url: ({ organisation, team }) => teamHtmlUrl(organisation, team),
  organization: ({ organisation }) => accountNode(organisation),
  parentTeam: ({ organisation, team }) => {
    const [parent] = ancestorsOf(organisation, team);
    return parent === undefined ? null : teamNode(organisation, parent);
  },
  ancestors: ({ organisation, team }) =>
    ancestorsOf(organisation, team).map((item) => teamNode(organisation, item)),
  childTeams: ({ organisation, team }, args, context) => {
    const below = args.immediateOnly === false ? descendantsOf : childrenOf;
    const found = selectTeams(context, organisation, below(organisation, team), args);
    return found.map((item) => teamNode(organisation, item));
  },
  members: ({ organisation, team }, args, { world }, info) => {
    const found = selectMembers(membersOf(organisation, team), args);
    const people = found.flatMap(({ login }) => world.findUser(login) ?? []).map(accountNode);
    return connection(people, bounded(args), info, ({ account: { login } }) => ({
      role: roleInTeam(organisation, team, login.toLowerCase()).toUpperCase(),
    }));
  },
  repositories: ({ organisation, team }, args, context, info) => {
    const query = ((args.query as string | null | undefined) ?? "").toLowerCase();
    const found = teamRepositories(context.world, organisation, team)
      .filter((item) => canSee(context, item) && item.name.toLowerCase().includes(query))
      .map((repository) => ({ type: "Repository", repository }));
    return connection(found, bounded(args), info, ({ repository }) => ({
      permission: teamRole(organisation, team, repository).toUpperCase(),
    }));
  },
  reviewRequestDelegationEnabled: ({ team }) => team.reviewAssignment.enabled,
  reviewRequestDelegationAlgorithm: ({ team }) => team.reviewAssignment.algorithm,
  reviewRequestDelegationMemberCount: ({ team }) => team.reviewAssignment.memberCount,
  reviewRequestDelegationNotifyTeam: ({ team }) => team.reviewAssignment.notifyTeam,
};

/** An organisation's team by its slug, if the actor may see it. */
export function teamBySlug(
  context: GraphqlContext,
  organisation: Organisation,
  slug: string,
): TeamNode | null {
  assertMayRead(context, "team");
  const team = findTeam(organisation, slug);
  if (team === undefined || !canSeeTeam(context, organisation, team)) return null;
  return teamNode(organisation, team);
}

/** An organisation's teams that the actor may see and that match the arguments. */
export function listTeams(
  context: GraphqlContext,
  organisation: Organisation,
  args: Arguments,
): TeamNode[] {
  assertMayRead(context, "teams");
  return selectTeams(context, organisation, [...organisation.teams.values()], args).map((team) =>
    teamNode(organisation, team),
  );
}

function teamNode(organisation: Organisation, team: Team): TeamNode {
  return { type: "Team", organisation, team };
}

function selectTeams(
  context: GraphqlContext,
  organisation: Organisation,
  teams: readonly Team[],
  args: Arguments,
): Team[] {
  const query = ((args.query as string | null | undefined) ?? "").toLowerCase();
  const logins = args.userLogins as string[] | null | undefined;
  const privacy = { VISIBLE: "closed", SECRET: "secret" }[String(args.privacy)];
  const own = teamsOf(organisation, context.actor.login);
  const found = teams.filter(
    (team) =>
      canSeeTeam(context, organisation, team) &&
      (args.rootTeamsOnly !== true || team.parent === null) &&
      (privacy === undefined || team.privacy === privacy) &&
      (args.notificationSetting == null ||
        notificationSetting(team) === args.notificationSetting) &&
      (args.role !== "ADMIN" || canMaintain(context, organisation, team)) &&
      (args.role !== "MEMBER" || own.includes(team)) &&
      (logins == null || logins.some((login) => teamsOf(organisation, login).includes(team))) &&
      `${team.name} ${team.slug}`.toLowerCase().includes(query),
  );
  const order = args.orderBy as { direction: string } | null | undefined;
  if (order == null) return found;
  const sign = order.direction === "DESC" ? -1 : 1;
  return found.sort((a, b) => sign * a.name.localeCompare(b.name, "en"));
}

/**
 * GitHub returns a page of a team's own lists even if its size is not given, and the official provider
 * relies on that: https://github.com/integrations/terraform-provider-github/blob/v6.13.0/github/util_v4_teams.go
 */
function bounded(args: Arguments): Arguments {
  return args.first == null && args.last == null ? { ...args, first: 100 } : args;
}

function notificationSetting({ notifications }: Team): string {
  return notifications ? "NOTIFICATIONS_ENABLED" : "NOTIFICATIONS_DISABLED";
}

function selectMembers(members: readonly TeamMember[], args: Arguments): TeamMember[] {
  const query = ((args.query as string | null | undefined) ?? "").toLowerCase();
  return members.filter(
    ({ login, role, inherited }) =>
      (args.role == null || role.toUpperCase() === args.role) &&
      (args.membership !== "IMMEDIATE" || !inherited) &&
      (args.membership !== "CHILD_TEAM" || inherited) &&
      login.includes(query),
  );
}

/** https://docs.github.com/en/graphql/guides/forming-calls-with-graphql#authenticating-with-a-personal-access-token */
function assertMayRead({ actor }: GraphqlContext, field: string): void {
  if (actor.kind !== "classic") {
    if (actor.permissions.members !== undefined) return;
    throw graphqlError("FORBIDDEN", inaccessible(actor.kind));
  }
  if (actor.scopes.includes("read:org")) return;
  throw graphqlError(
    "INSUFFICIENT_SCOPES",
    `Your token has not been granted the required scopes to execute this query. The '${field}' field requires one of the following scopes: ['read:org'], but your token has only been granted the: [${actor.scopes.map((scope) => `'${scope}'`).join(", ")}] scopes. Please modify your token's scopes at: https://github.com/settings/tokens.`,
  );
}
