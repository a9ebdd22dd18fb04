import { createRoutes } from "../http/env.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import type { Budget } from "../http/rate-limits.ts";
import { publicUser } from "../shapes/account.ts";

/** https://docs.github.com/en/rest/meta, /rest/users and /rest/rate-limit */
export function metaRoutes(budget: Budget) {
  return createRoutes()
    .get("/", (c) => {
      const { api } = c.var;
      return c.json({
        current_user_url: `${api}/user`,
        current_user_authorizations_html_url:
          "https://github.com/settings/connections/applications{/client_id}",
        organization_url: `${api}/orgs/{org}`,
        organization_repositories_url: `${api}/orgs/{org}/repos{?type,page,per_page,sort}`,
        rate_limit_url: `${api}/rate_limit`,
        repository_url: `${api}/repos/{owner}/{repo}`,
        user_url: `${api}/users/{user}`,
      });
    })
    .get("/meta", (c) => c.json({ verifiable_password_authentication: false }))
    .get("/zen", (c) => c.text("Keep it logically awesome."))
    .get("/rate_limit", (c) => {
      const core = budget.window(c.var.actor, "core");
      const graphql = budget.window(c.var.actor, "graphql");
      const search = { limit: 30, used: 0, remaining: 30, reset: core.reset };
      return c.json({ resources: { core, search, graphql }, rate: core });
    })
    .get("/user", (c) => {
      const { actor, world, api } = c.var;
      if (actor.kind === "anonymous") throw new ApiError(401, "Requires authentication");
      if (actor.kind === "app" || actor.kind === "job") {
        throw new ApiError(403, "Resource not accessible by integration");
      }
      const user = world.findUser(actor.login);
      if (user === undefined) throw notFound();
      return c.json(publicUser(world, api, user));
    })
    .get("/users/:username", (c) => {
      const account = c.var.world.findAccount(c.req.param("username"));
      if (account === undefined) throw notFound();
      return c.json(publicUser(c.var.world, c.var.api, account));
    });
}
