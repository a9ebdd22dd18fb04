import { z } from "zod";
import { openOrganisation } from "../../http/access.ts";
import { ApiError, validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { organisationInvitation } from "../../serializers/membership.ts";
import { setTeamMember } from "../../world/accounts/change-teams.ts";
import { removeMembership, setMembership } from "../../world/accounts/memberships.ts";
import type { Organisation, User } from "../../world/state/accounts.ts";

/** https://docs.github.com/en/rest/orgs/members#list-pending-organization-invitations */
export const organisationInvitationRoutes = createRoutes()
  .get("/orgs/:org/invitations", (c) => {
    const organisation = openOrganisation(c, "members", "read");
    const role = c.req.query("role") ?? "all";
    const source = c.req.query("invitation_source") ?? "all";
    const found = [...organisation.invitations.keys()]
      .map((login) => organisationInvitation(c.var, organisation, login))
      .filter((item) => ["all", item.role].includes(role) && ["all", "member"].includes(source));
    return c.json(paginate(c, found));
  })
  .post("/orgs/:org/invitations", async (c) => {
    const organisation = openOrganisation(c, "members", "write");
    const given = await readBody(c, newInvitation, "OrganizationInvitation");
    if (given.email !== undefined || !isKnownRole(given.role)) {
      throw new ApiError(
        501,
        `the simulator does not implement invitations by email or as ${given.role}`,
      );
    }
    const user = orNotFound(
      [...c.var.world.state.users.values()].find(({ id }) => id === given.invitee_id),
    );
    if (organisation.members.has(user.login.toLowerCase())) {
      throw refused("Invitee is already a part of this organization");
    }
    const teams = (given.team_ids ?? []).map((id) => orNotFound(organisation.teams.get(id)));
    setMembership(c.var, organisation, user, given.role === "admin" ? "admin" : "member");
    for (const team of teams) setTeamMember(c.var, organisation, team, user, "member");
    return c.json(organisationInvitation(c.var, organisation, user.login.toLowerCase()), 201);
  })
  .delete("/orgs/:org/invitations/:invitation{\\d+}", (c) => {
    const { organisation, user } = openInvitation(c);
    removeMembership(c.var, organisation, user);
    return c.body(null, 204);
  });

const newInvitation = z.object({
  invitee_id: z.int().optional(),
  email: z.string().optional(),
  role: z.enum(["admin", "direct_member", "billing_manager", "reinstate"]).default("direct_member"),
  team_ids: z.array(z.int()).optional(),
});

function isKnownRole(role: string): boolean {
  return role === "admin" || role === "direct_member";
}

/** GitHub's refusal for a member's address: https://github.com/github/rest-api-description/issues/4109 */
function refused(message: string): ApiError {
  return validationFailed({
    resource: "OrganizationInvitation",
    code: "unprocessable",
    field: "data",
    message,
  });
}

function openInvitation(c: ApiContext): { organisation: Organisation; user: User } {
  const organisation = openOrganisation(c, "members", "write");
  const asked = Number(c.req.param("invitation"));
  const [login] = [...organisation.invitations].find(([, { id }]) => id === asked) ?? [];
  const user = orNotFound(c.var.world.findUser(login ?? ""));
  return { organisation, user };
}
