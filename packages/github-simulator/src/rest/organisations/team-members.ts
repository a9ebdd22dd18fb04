import { z } from "zod";
import { personOf } from "../../http/access.ts";
import { ApiError, notFound, validationFailed } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { maintainTeam, openTeam } from "../../http/team-access.ts";
import { simpleUserByLogin } from "../../serializers/account.ts";
import { teamMembership } from "../../serializers/membership.ts";
import { removeTeamMember, setTeamMember } from "../../world/accounts/change-teams.ts";
import { canAdministrate } from "../../world/accounts/permissions.ts";
import { membersOf } from "../../world/accounts/teams.ts";

/** https://docs.github.com/en/rest/teams/members */
export const teamMemberRoutes = createRoutes()
  .get("/orgs/:org/teams/:team/members", (c) => {
    const { organisation, team } = openTeam(c);
    const asked = c.req.query("role") ?? "all";
    const found = membersOf(organisation, team).filter(({ role }) => [role, "all"].includes(asked));
    return c.json(
      paginate(c, found).map(({ login, role, inherited }) => ({
        ...simpleUserByLogin(c.var, login),
        role,
        inherited,
      })),
    );
  })
  .get("/orgs/:org/teams/:team/memberships/:username", (c) => {
    const { organisation, team } = openTeam(c);
    const user = personOf(c);
    const login = user.login.toLowerCase();
    const isIn =
      team.members.has(login) || membersOf(organisation, team).some((item) => item.login === login);
    if (!isIn) throw notFound();
    return c.json(teamMembership(c.var, organisation, team, user));
  })
  .put("/orgs/:org/teams/:team/memberships/:username", async (c) => {
    const { organisation, team } = maintainTeam(
      c,
      "You must be an organization owner or team maintainer to add a team membership.",
    );
    if (c.var.world.findOrganisation(c.req.param("username")) !== undefined) {
      throw validationFailed({ resource: "TeamMember", field: "user", code: "invalid" });
    }
    const user = personOf(c);
    const { role } = await readBody(c, membership, "TeamMembership");
    const isMember = organisation.members.has(user.login.toLowerCase());
    // Only owners can invite people: https://github.com/ros-controls/ros_control/issues/219
    if (!isMember && !canAdministrate(c.var, organisation)) {
      throw new ApiError(403, "You must be an organization owner to invite someone.");
    }
    setTeamMember(c.var, organisation, team, user, role);
    return c.json(teamMembership(c.var, organisation, team, user));
  })
  .delete("/orgs/:org/teams/:team/memberships/:username", (c) => {
    const isOwn = c.var.actor.login?.toLowerCase() === c.req.param("username").toLowerCase();
    // Every member of a team may leave it.
    const { organisation, team } = isOwn ? openTeam(c, "write") : maintainTeam(c);
    const user = personOf(c);
    if (!team.members.has(user.login.toLowerCase())) throw notFound();
    removeTeamMember(c.var, organisation, team, user);
    return c.body(null, 204);
  });

const membership = z.object({ role: z.enum(["member", "maintainer"]).default("member") });
