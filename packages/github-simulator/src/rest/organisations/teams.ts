import { z } from "zod";
import { openMembers } from "../../http/access.ts";
import { ApiError, notFound, validationFailed } from "../../http/api-error.ts";
import { isNewVersion } from "../../http/api-version.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { maintainTeam, openTeam } from "../../http/team-access.ts";
import { fullTeam, teamShape } from "../../serializers/team.ts";
import {
  changeTeam,
  createTeam,
  deleteTeam,
  setTeamMember,
  setTeamRepository,
  type TeamSettings,
} from "../../world/accounts/change-teams.ts";
import { can } from "../../world/accounts/permissions.ts";
import { roleOf } from "../../world/state/role.ts";
import type { Organisation, User } from "../../world/state/accounts.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { Team } from "../../world/state/team.ts";
import { canMaintain, canSeeTeam } from "../../world/accounts/team-rights.ts";
import { ancestorsOf, childrenOf, findTeam, slugOf } from "../../world/accounts/teams.ts";

/** https://docs.github.com/en/rest/teams/teams */
export const teamRoutes = createRoutes()
  .get("/orgs/:org/teams", (c) => {
    const organisation = openMembers(c, "read");
    const type = c.req.query("team_type") ?? "all";
    // An enterprise's teams are not simulated.
    const found =
      type === "enterprise" ? [] : visible(c, organisation, organisation.teams.values());
    return c.json(paginate(c, found).map((team) => teamShape(c.var, organisation, team)));
  })
  .post("/orgs/:org/teams", async (c) => {
    const { world, actor } = c.var;
    const organisation = openMembers(c, "write");
    const given = await readBody(c, newTeam, "Team");
    const parent = parentOf(c, organisation, given) ?? null;
    const settings = {
      name: given.name,
      description: given.description || null,
      privacy: given.privacy ?? (parent === null ? "secret" : "closed"),
      notifications: given.notification_setting !== "notifications_disabled",
      // The newer version has no such parameter, and GitHub ignores what it does not have.
      permission: (isNewVersion(c) ? undefined : given.permission) ?? "pull",
      parent,
    } satisfies TeamSettings;
    assertFits(organisation, undefined, settings);
    const maintainers = (given.maintainers ?? []).map((login) => memberOf(c, organisation, login));
    const repositories = (given.repo_names ?? []).map((name) =>
      ownRepository(c, organisation, name),
    );
    const team = createTeam(c.var, organisation, settings);
    // "you automatically become a team maintainer", if the caller is a person in the organisation.
    const creator = organisation.members.has(actor.login?.toLowerCase() ?? "")
      ? world.findUser(actor.login ?? "")
      : undefined;
    for (const user of new Set([...(creator === undefined ? [] : [creator]), ...maintainers])) {
      setTeamMember(c.var, organisation, team, user, "maintainer");
    }
    const role = roleOf(settings.permission);
    for (const item of repositories) setTeamRepository(c.var, organisation, team, item, role);
    return c.json(fullTeam(c.var, organisation, team), 201);
  })
  .get("/orgs/:org/teams/:team", (c) => {
    const { organisation, team } = openTeam(c);
    return c.json(fullTeam(c.var, organisation, team));
  })
  .patch("/orgs/:org/teams/:team", async (c) => {
    const { organisation, team } = maintainTeam(c);
    const given = await readBody(c, changedTeam, "Team");
    const parent = parentOf(c, organisation, given);
    const settings = {
      name: given.name ?? team.name,
      description: given.description === undefined ? team.description : given.description || null,
      privacy: given.privacy ?? team.privacy,
      notifications:
        given.notification_setting === undefined
          ? team.notifications
          : given.notification_setting === "notifications_enabled",
      permission: given.permission ?? team.permission,
      parent: parent === undefined ? team.parent : parent,
    } satisfies TeamSettings;
    assertFits(organisation, team, settings);
    const changed = changeTeam(c.var, organisation, team, settings);
    // 200 means that it already was so.
    return c.json(fullTeam(c.var, organisation, team), changed ? 201 : 200);
  })
  .delete("/orgs/:org/teams/:team", (c) => {
    const { organisation, team } = maintainTeam(c);
    deleteTeam(c.var, organisation, team);
    return c.body(null, 204);
  })
  .get("/orgs/:org/teams/:team/teams", (c) => {
    const { organisation, team } = openTeam(c);
    const found = visible(c, organisation, childrenOf(organisation, team));
    return c.json(paginate(c, found).map((child) => teamShape(c.var, organisation, child)));
  });

const common = {
  description: z.string().nullish(),
  privacy: z.enum(["secret", "closed"]).optional(),
  notification_setting: z.enum(["notifications_enabled", "notifications_disabled"]).optional(),
  parent_team_id: z.number().int().nullish(),
  parent_team_slug: z.string().nullish(),
};
const newTeam = z.object({
  ...common,
  name: z.string().min(1),
  maintainers: z.array(z.string()).optional(),
  repo_names: z.array(z.string()).optional(),
  permission: z.enum(["pull", "push"]).optional(),
});
const changedTeam = z.object({
  ...common,
  name: z.string().min(1).optional(),
  permission: z.enum(["pull", "push", "admin"]).optional(),
});

function visible(c: ApiContext, organisation: Organisation, teams: Iterable<Team>): Team[] {
  return [...teams].filter((team) => canSeeTeam(c.var, organisation, team));
}

/** Id of the requested parent team; undefined if the request names none, null to remove it. */
function parentOf(
  c: ApiContext,
  organisation: Organisation,
  given: z.output<typeof changedTeam>,
): number | null | undefined {
  const { parent_team_id: id, parent_team_slug: slug } = given;
  const asked = id !== undefined ? id : slug;
  if (asked == null) return asked;
  const parent =
    typeof asked === "number" ? organisation.teams.get(asked) : findTeam(organisation, asked);
  if (parent === undefined || visible(c, organisation, [parent]).length === 0) throw notFound();
  if (!canMaintain(c.var, organisation, parent)) {
    // Its maintainers would have to accept: https://github.com/integrations/terraform-provider-github/issues/1167
    throw new ApiError(501, "the simulator does not implement requests to add a child team");
  }
  return parent.id;
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#nested-teams */
function assertFits(
  organisation: Organisation,
  self: Team | undefined,
  { name, privacy, parent }: TeamSettings,
): void {
  const slug = slugOf(name);
  if (slug === "") throw unprocessable("Name is invalid");
  const twin = findTeam(organisation, slug);
  if (twin !== undefined && twin !== self) throw unprocessable("Name must be unique for this org");
  const above = parent === null ? undefined : organisation.teams.get(parent);
  const hasChildren = self !== undefined && childrenOf(organisation, self).length > 0;
  if (privacy === "secret" && (above !== undefined || hasChildren)) {
    throw unprocessable("Secret teams cannot be nested");
  }
  if (above?.privacy === "secret") throw unprocessable("Parent team cannot be secret");
  if (above !== undefined && self !== undefined) {
    if (above === self || ancestorsOf(organisation, above).includes(self)) {
      throw unprocessable("Parent team cannot be the team itself or one below it");
    }
  }
}

/** GitHub's refusal if a name is taken: https://github.com/github-community-projects/safe-settings/issues/809 */
function unprocessable(message: string): ApiError {
  return validationFailed({ resource: "Team", code: "unprocessable", field: "data", message });
}

function memberOf(c: ApiContext, { members }: Organisation, login: string): User {
  const user = members.has(login.toLowerCase()) ? c.var.world.findUser(login) : undefined;
  if (user !== undefined) return user;
  throw unprocessable(`${login} is not a member of the organization`);
}

/** @param name with its owner, e.g. `acme/web` */
function ownRepository(c: ApiContext, organisation: Organisation, name: string): Repository {
  const [owner = "", repository = ""] = name.split("/");
  const found = c.var.world.findRepository(owner, repository);
  const isOwn = found?.owner.toLowerCase() === organisation.login.toLowerCase();
  if (found !== undefined && isOwn && can(c.var, "admin", found)) return found;
  throw unprocessable(`${name} is not a repository of the organization that you administrate`);
}
