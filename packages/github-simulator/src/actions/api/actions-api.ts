import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { ApiError } from "../../http/api-error.ts";
import { readsOnly } from "../../http/reads-only.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import type { RunQueue } from "../queue/run-queue.ts";
import type { WorkflowIndex } from "../records/workflow-index.ts";
import { createDownloads, type Env, found, repositoryOf } from "./api-parts.ts";
import { artifactRoutes } from "./artifact-routes.ts";
import { jobRoutes } from "./job-routes.ts";
import { runRoutes } from "./run-routes.ts";
import { workflowRoutes } from "./workflow-routes.ts";

/** The routes that are served here; the other routes of a repository are not affected. */
const GUARDED = [
  ...["/actions/workflows/*", "/actions/runs/*", "/actions/jobs/*", "/actions/artifacts/*"],
  ...["/check-runs/*", "/attestations/*"],
];

/**
 * The part of GitHub's REST API that deals with workflows, runs, jobs, logs, artifacts and
 * attestations. Every request passes the host's `authorize` first, except downloads to which an
 * answer redirects: knowing the address is the permission. Errors are thrown as `ApiError`.
 */
export function createActionsApi(host: ActionsHost, queue: RunQueue, index: WorkflowIndex): Hono {
  const downloads = createDownloads(host);
  const parts = { host, queue, index, downloads };
  const guarded = new Hono<Env>();
  const guard = createMiddleware<Env>(async (c, next) => {
    const { owner, repo } = repositoryOf(c);
    c.set("login", host.authorize(c, readsOnly(c.req.method) ? "read" : "write"));
    found(host.repository(owner, repo));
    return next();
  });
  for (const path of GUARDED) guarded.use(path, guard);
  workflowRoutes(guarded, parts);
  runRoutes(guarded, parts);
  jobRoutes(guarded, parts);
  artifactRoutes(guarded, parts);
  const api = new Hono();
  api.route("/", downloads.routes);
  api.get("/actions/id-token", () => {
    throw new ApiError(501, "the simulator issues no OpenID Connect tokens");
  });
  api.route("/repos/:owner/:repo", guarded);
  return api;
}
