import { createMiddleware } from "hono/factory";
import type { Env } from "./env.ts";
import type { Budget, Resource } from "./rate-limits.ts";
import { readsOnly } from "./reads-only.ts";

/** Requests that create content which people read on GitHub. */
const createsContent =
  /^(PUT|DELETE) \/repos\/[^/]+\/[^/]+\/contents\/|^POST \/repos\/[^/]+\/[^/]+\/(git\/\w+|pulls|releases|merges|issues)$/;

/** Applies the published limits to every actor; a 304 does not count for the primary one. */
export function limitRequests(budget: Budget) {
  return createMiddleware<Env>(async (c, next) => {
    // Logs and artifacts come from separate storage, which has no limits.
    if (c.req.path.startsWith("/_actions/downloads/")) return next();
    const { actor } = c.var;
    const resource = resourceOf(c.req.path);
    const asksForLimits = c.req.path === "/rate_limit";
    let points = readsOnly(c.req.method) ? 1 : 5;
    if (resource === "graphql") points = isMutation(await c.req.text()) ? 5 : 1;
    try {
      if (!asksForLimits) budget.assertWithin(actor, resource);
      if (createsContent.test(`${c.req.method} ${c.req.path}`)) budget.createContent(actor);
      await next();
    } finally {
      const free = asksForLimits || (c.res.status === 304 && actor.kind !== "anonymous");
      if (!asksForLimits) budget.spend(actor, resource, points, free);
      const window = budget.window(actor, resource);
      c.header("x-ratelimit-limit", String(window.limit));
      c.header("x-ratelimit-remaining", String(window.remaining));
      c.header("x-ratelimit-used", String(window.used));
      c.header("x-ratelimit-reset", String(window.reset));
      c.header("x-ratelimit-resource", resource);
    }
  });
}

function resourceOf(path: string): Resource {
  if (path === "/graphql") return "graphql";
  if (path.startsWith("/search/")) return "search";
  return /^\/orgs\/[^/]+\/audit-log$/.test(path) ? "audit_log" : "core";
}

/** Whether the body of a GraphQL request contains a mutation. */
export function isMutation(body: string): boolean {
  return /"query"\s*:\s*"(\s|\\n)*mutation\b/.test(body);
}
