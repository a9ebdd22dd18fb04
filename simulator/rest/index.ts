import type { Hono } from "hono";
import { createRoutes, type Env } from "../http/env.ts";
import type { Budget } from "../http/rate-limits.ts";
import { contentsRoutes } from "./contents.ts";
import { metaRoutes } from "./meta.ts";
import { organisationRoutes } from "./organisations.ts";
import { repositoryRoutes } from "./repositories.ts";
import { secretRoutes } from "./secrets.ts";

/** The REST API, one file a subject. */
export function restRoutes(budget: Budget): Hono<Env> {
  const routes = createRoutes();
  for (const subject of [
    metaRoutes(budget),
    organisationRoutes,
    repositoryRoutes,
    contentsRoutes,
    secretRoutes,
  ]) {
    routes.route("/", subject);
  }
  return routes;
}
