import { z } from "zod";
import { openMembers, openOrganisation, personOf, locateOrganisation } from "../../http/access.ts";
import { notFound, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { refuseParameters } from "../../http/refuse-parameters.ts";
import { simpleUserByLogin } from "../../serializers/account.ts";
import { readBody } from "../../http/read-body.ts";
import { organisationMembership } from "../../serializers/membership.ts";
import { removeMembership, setMembership } from "../../world/accounts/memberships.ts";
import type { Organisation } from "../../world/state/accounts.ts";
import { isInside } from "../../world/accounts/team-rights.ts";

/** https://docs.github.com/en/rest/orgs/members */
export const organisationMemberRoutes = createRoutes()
  .get("/orgs/:org/members", (c) => {
    if (c.req.query("filter") !== "all") refuseParameters(c, "filter");
    const organisation = locateOrganisation(c);
    const role = c.req.query("role") ?? "all";
    // All memberships here are private, so only members see members.
    const logins = [...(seesMembers(c, organisation) ? organisation.members : [])]
      .filter(([, own]) => role === "all" || own === role)
      .map(([login]) => login);
    return c.json(paginate(c, logins).map((login) => simpleUserByLogin(c.var, login)));
  })
  .get("/orgs/:org/members/:username", (c) => {
    const organisation = locateOrganisation(c);
    const login = c.req.param("username");
    if (!seesMembers(c, organisation)) {
      const shown = `${c.var.api}/orgs/${organisation.login}/public_members/${login}`;
      return c.body(null, 302, { location: shown });
    }
    if (!organisation.members.has(login.toLowerCase())) throw notFound();
    return c.body(null, 204);
  })
  .delete("/orgs/:org/members/:username", (c) => {
    const organisation = openOrganisation(c, "members", "write");
    const user = personOf(c);
    if (!organisation.members.has(user.login.toLowerCase())) throw notFound();
    removeMembership(c.var, organisation, user);
    return c.body(null, 204);
  })
  .get("/orgs/:org/public_members", (c) => {
    locateOrganisation(c);
    return c.json([]);
  })
  .get("/orgs/:org/public_members/:username", (c) => {
    locateOrganisation(c);
    throw notFound();
  })
  .get("/orgs/:org/memberships/:username", (c) => {
    const organisation = openMembers(c, "read");
    return c.json(membershipOf(c, organisation));
  })
  .put("/orgs/:org/memberships/:username", async (c) => {
    const organisation = openOrganisation(c, "members", "write");
    const user = personOf(c);
    const { role } = await readBody(c, membership, "Membership");
    setMembership(c.var, organisation, user, role);
    return c.json(membershipOf(c, organisation));
  })
  .delete("/orgs/:org/memberships/:username", (c) => {
    const organisation = openOrganisation(c, "members", "write");
    membershipOf(c, organisation);
    removeMembership(c.var, organisation, personOf(c));
    return c.body(null, 204);
  });

const membership = z.object({ role: z.enum(["admin", "member"]).default("member") });

function membershipOf(c: ApiContext, organisation: Organisation) {
  return orNotFound(organisationMembership(c.var, organisation, personOf(c)));
}

/** "If the authenticated user is also a member of this organization then both concealed and public members will be returned." */
function seesMembers(c: ApiContext, organisation: Organisation): boolean {
  const { actor } = c.var;
  if (actor.kind === "anonymous" || !isInside(c.var, organisation)) return false;
  return actor.kind === "classic"
    ? actor.scopes.includes("read:org")
    : actor.permissions.members !== undefined;
}
