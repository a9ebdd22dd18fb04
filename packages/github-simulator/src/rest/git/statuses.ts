import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { actionsApp, checkRun } from "../../serializers/check-run.ts";
import { latestChecks, latestStatuses, statusesOf } from "../../world/repositories/checks.ts";
import type { Check } from "../../world/state/check.ts";
import { resolveCommit } from "../../world/objects/repository-git.ts";
import { readBody } from "../../http/read-body.ts";
import { combinedStatus, statusShape } from "../../serializers/commit-status.ts";
import { minimalRepository } from "../../serializers/repository.ts";
import { actorName } from "../../world/actor.ts";
import type { CommitStatus } from "../../world/state/repository.ts";

const statusBody = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().default("default"),
});

/** Reports about a commit from others than Actions. https://docs.github.com/en/rest/commits/statuses */
export const statusRoutes = createRoutes()
  .post("/repos/:owner/:repo/statuses/:sha", async (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "statuses", "write");
    const sha = c.req.param("sha");
    if (repository.objects.get(sha)?.type !== "commit") {
      throw new ApiError(422, `No commit found for SHA: ${sha}`);
    }
    const given = await readBody(c, statusBody, "Status");
    assertFits(given);
    const now = world.now();
    const status: CommitStatus = {
      id: world.nextId(),
      sha,
      state: given.state,
      context: given.context,
      description: given.description ?? null,
      targetUrl: given.target_url || null,
      creator: actorName(actor),
      createdAt: now,
      updatedAt: now,
    };
    repository.statuses.push(status);
    world.events.emit("status", { repository, status, actor });
    const shown = statusShape(c.var, repository, status);
    return c.json(shown, 201, { location: shown.url });
  })
  .get("/repos/:owner/:repo/commits/:ref{.+}/status", (c) => {
    const { repository, sha } = openCommit(c);
    const latest = latestStatuses(repository, sha);
    const shown = minimalRepository(c.var, repository);
    return c.json(combinedStatus(c.var, repository, sha, latest, paginate(c, latest), shown));
  })
  .get("/repos/:owner/:repo/commits/:ref{.+}/statuses", (c) => {
    const { repository, sha } = openCommit(c);
    const all = statusesOf(repository, sha);
    return c.json(paginate(c, all).map((each) => statusShape(c.var, repository, each)));
  });

function assertFits({ description, target_url: target }: z.output<typeof statusBody>): void {
  const refuse = (field: string, message: string) =>
    validationFailed({ resource: "Status", code: "custom", field, message });
  if ((description ?? "").length > 140) {
    throw refuse("description", "description is too long (maximum is 140 characters)");
  }
  if (target && !/^https?:\/\//i.test(target)) {
    throw refuse("target_url", "target_url must use http(s) scheme");
  }
}

function openCommit(c: ApiContext, area: "statuses" | "checks" = "statuses") {
  const repository = openRepository(c, area, "read");
  const ref = c.req.param("ref") ?? "";
  const sha = resolveCommit(repository, ref);
  if (sha !== undefined) return { repository, sha };
  throw new ApiError(422, `No commit found for SHA: ${ref}`);
}

/** The jobs of Actions; nobody else can add any. https://docs.github.com/en/rest/checks/runs */
export const checkRoutes = createRoutes().get(
  "/repos/:owner/:repo/commits/:ref{.+}/check-runs",
  (c) => {
    const { repository, sha } = openCommit(c, "checks");
    const found = asked(c, c.var.world.checksOf(repository, sha));
    return c.json({
      total_count: found.length,
      check_runs: paginate(c, found).map((check) => checkRun(c.var, repository, sha, check)),
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
