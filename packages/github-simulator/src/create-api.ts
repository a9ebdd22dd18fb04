import { randomBytes } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { timestamp } from "./clock.ts";
import { gitRoutes } from "./git/git-routes.ts";
import { answerGraphql } from "./graphql/answer-graphql.ts";
import { appRoutes } from "./rest/apps.ts";
import { restRoutes } from "./rest/index.ts";
import { actorName, anonymous } from "./world/actor.ts";
import { Refusal } from "./world/refusal.ts";
import type { World } from "./world/world.ts";
import { ApiError, notFound, refusalStatus } from "./http/api-error.ts";
import { apiPath, misnumbered } from "./http/api-path.ts";
import { apiVersion } from "./http/api-version.ts";
import { authenticate } from "./http/authenticate.ts";
import { calledHost } from "./http/called-host.ts";
import { conditional } from "./http/conditional.ts";
import { enterpriseServer } from "./http/enterprise-server.ts";
import { createRoutes, type Env } from "./http/env.ts";
import { isMutation, limitRequests } from "./http/limit-requests.ts";
import type { Budget } from "./http/rate-limits.ts";
import type { RequestRecord } from "./request-log.ts";

export interface ApiParts {
  world: World;
  url: string;
  /** Whether it is an Enterprise Server's. */
  isServer: boolean;
  budget: Budget;
  faults: MiddlewareHandler<Env>;
  /** Parts with their own routes: the registry's part of REST, and the runners'. */
  mounted: readonly Hono<Env>[];
  onRequest: (record: RequestRecord) => void;
}

/** GitHub's API as one application of web-standard requests and responses. */
export function createApi(parts: ApiParts): Hono<Env> {
  const { world, url, budget, mounted, onRequest } = parts;
  const app = new Hono<Env>({ getPath: (request) => apiPath(world, request.url) });
  app.use(async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    c.set("world", world);
    c.set("api", pathname.startsWith("/api/v3") ? `${url}/api/v3` : url);
    c.set("actor", anonymous);
    c.set("acceptedScopes", "");
    await next();
    const now = world.clock.now();
    if (c.res.headers.get("content-type") === "application/json") {
      c.header("Content-Type", "application/json; charset=utf-8");
    }
    c.header("Date", new Date(now).toUTCString());
    c.header("X-GitHub-Request-Id", randomBytes(12).toString("hex").toUpperCase());
    onRequest({
      method: c.req.method,
      path: c.req.path + search,
      ...(c.req.path === "/graphql" && {
        operation: isMutation(await c.req.text()) ? ("mutation" as const) : ("query" as const),
      }),
      status: c.res.status,
      actor: actorName(c.var.actor),
      time: timestamp(now),
    });
  });
  app.use(parts.faults);
  app.use(calledHost(url));
  app.route("/", gitRoutes);
  if (parts.isServer) app.use(enterpriseServer(url));
  app.use(apiVersion(parts.isServer ? ["2022-11-28"] : ["2022-11-28", "2026-03-10"]));
  app.route("/", appRoutes);
  app.use(authenticate);
  app.use(limitRequests(budget));
  app.use(conditional);
  for (const routes of mounted) app.route("/", routes);
  app.route("/", restRoutes(budget));
  app.route("/", createRoutes().post("/graphql", answerGraphql(budget)));
  const isMisnumbered = misnumbered(app.routes);
  app.notFound((c) => {
    if (isMisnumbered(c.req.method, c.req.path)) return c.json(notFound().toJSON(), 404);
    const message = `the simulator does not implement ${c.req.method} ${c.req.path}`;
    return c.json(new ApiError(501, message).toJSON(), 501);
  });
  app.onError((error, c) => {
    const answer = toApiError(error, c.req.method, c.req.path);
    if (answer.status === 200) {
      // GraphQL reports an exhausted budget in an answer that is otherwise fine.
      return c.json({ errors: [{ type: "RATE_LIMITED", message: answer.message }] });
    }
    return c.json(answer.toJSON(), answer.status, answer.headers);
  });
  return app;
}

function toApiError(error: Error, method: string, path: string): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof Refusal) return new ApiError(refusalStatus[error.reason], error.message);
  return new ApiError(500, `the simulator failed at ${method} ${path}: ${error.message}`);
}
