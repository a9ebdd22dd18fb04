import { openRepository } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { actionsApp, checkRun } from "../../serializers/check-run.ts";
import { latestChecks, type Check } from "../../world/repositories/checks.ts";
import { resolveCommit } from "../../world/objects/repository-git.ts";

/** The jobs of Actions, which nobody else adds to. https://docs.github.com/en/rest/checks/runs */
export const checkRoutes = createRoutes().get(
  "/repos/:owner/:repo/commits/:ref{.+}/check-runs",
  (c) => {
    const { repository, sha } = openCommit(c);
    const found = asked(c, c.var.world.checksOf(repository, sha));
    return c.json({
      total_count: found.length,
      check_runs: paginate(c, found).map((check) => checkRun(c.var.api, repository, sha, check)),
    });
  },
);

function asked(c: ApiContext, all: readonly Check[]): readonly Check[] {
  const { check_name, status, filter, app_id } = c.req.query();
  if (app_id !== undefined && app_id !== String(actionsApp.id)) return [];
  return (filter === "all" ? all : latestChecks(all)).filter(
    (check) =>
      (check_name === undefined || check.name === check_name) &&
      (status === undefined || check.status === status),
  );
}

function openCommit(c: ApiContext) {
  const repository = openRepository(c, "checks", "read");
  const ref = c.req.param("ref") ?? "";
  const sha = resolveCommit(repository, ref);
  if (sha !== undefined) return { repository, sha };
  throw new ApiError(422, `No commit found for SHA: ${ref}`);
}
