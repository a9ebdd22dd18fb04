import { z } from "zod";
import { locateOrganisation, callerOf, personOf } from "../../http/access.ts";
import { ApiError, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { simpleOrganisation } from "../../serializers/account.ts";
import { organisationMembership } from "../../serializers/membership.ts";
import { acceptInvitation } from "../../world/accounts/memberships.ts";
import type { User } from "../../world/state/accounts.ts";

/** The caller's own memberships: https://docs.github.com/en/rest/orgs/members and /rest/orgs/orgs */
export const ownMembershipRoutes = createRoutes()
  .get("/user/memberships/orgs", (c) => {
    const user = self(c, ["read:org"]);
    const state = c.req.query("state");
    const found = [...c.var.world.state.organisations.values()]
      .flatMap((organisation) => organisationMembership(c.var, organisation, user) ?? [])
      .filter((membership) => state === undefined || membership.state === state);
    return c.json(paginate(c, found));
  })
  .get("/user/memberships/orgs/:org", (c) => c.json(ownMembership(c, self(c, ["read:org"]))))
  .patch("/user/memberships/orgs/:org", async (c) => {
    const user = self(c, ["write:org"]);
    ownMembership(c, user);
    await readBody(c, acceptance, "Membership");
    const organisation = locateOrganisation(c);
    if (!organisation.members.has(user.login.toLowerCase())) {
      acceptInvitation(c.var, organisation, user);
    }
    return c.json(ownMembership(c, user));
  })
  .get("/user/orgs", (c) => {
    const user = self(c, ["user", "read:org"]);
    // "Requests using a fine-grained access token will receive a `200 Success` response with an empty list."
    const found = [...c.var.world.state.organisations.values()].filter(
      ({ members }) => c.var.actor.kind === "classic" && members.has(user.login.toLowerCase()),
    );
    return c.json(paginate(c, found).map((item) => simpleOrganisation(c.var, item)));
  })
  .get("/users/:username/orgs", (c) => {
    personOf(c);
    // "This method only lists _public_ memberships", and all are private here.
    return c.json([]);
  });

const acceptance = z.object({ state: z.literal("active") });

/** The person who holds the token, if it has one of the scopes. */
function self(c: ApiContext, scopes: readonly string[]): User {
  const { actor } = c.var;
  c.set("acceptedScopes", scopes.join(", "));
  const user = callerOf(c);
  if (actor.kind === "classic" && !scopes.some((scope) => actor.scopes.includes(scope))) {
    throw new ApiError(
      403,
      `You need at least ${scopes.map((scope) => `${scope} scope`).join(" or ")}.`,
    );
  }
  return user;
}

function ownMembership(c: ApiContext, user: User) {
  return orNotFound(organisationMembership(c.var, locateOrganisation(c), user));
}
