import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { milestoneShape } from "../../serializers/milestone.ts";
import {
  changeMilestone,
  createMilestone,
  deleteMilestone,
  issuesOf,
} from "../../world/discussions/milestones.ts";
import type { Milestone } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/issues/milestones */
export const milestoneRoutes = createRoutes()
  .get("/repos/:owner/:repo/milestones", (c) => {
    const repository = openRepository(c, "issues", "read");
    const { state = "open" } = c.req.query();
    const found = repository.milestones
      .filter((each) => state === "all" || each.state === state)
      .sort(orderOf(c, repository));
    return c.json(paginate(c, found).map((each) => milestoneShape(c.var, repository, each)));
  })
  .post("/repos/:owner/:repo/milestones", async (c) => {
    const repository = openMilestones(c);
    const { due_on, ...given } = await readBody(c, newMilestone, "Milestone");
    assertTitle(repository, given.title);
    const milestone = createMilestone(c.var, repository, { ...given, dueOn: due_on });
    return c.json(milestoneShape(c.var, repository, milestone), 201);
  })
  .get("/repos/:owner/:repo/milestones/:number{\\d+}", (c) => {
    const repository = openRepository(c, "issues", "read");
    return c.json(milestoneShape(c.var, repository, milestoneOf(c, repository)));
  })
  .patch("/repos/:owner/:repo/milestones/:number{\\d+}", async (c) => {
    const repository = openMilestones(c);
    const milestone = milestoneOf(c, repository);
    const { due_on, ...given } = await readBody(c, changedMilestone, "Milestone");
    if (given.title !== undefined) assertTitle(repository, given.title, milestone);
    changeMilestone(c.var, repository, milestone, { ...given, dueOn: due_on });
    return c.json(milestoneShape(c.var, repository, milestone));
  })
  .delete("/repos/:owner/:repo/milestones/:number{\\d+}", (c) => {
    const repository = openMilestones(c);
    deleteMilestone(c.var, repository, milestoneOf(c, repository));
    return c.body(null, 204);
  });

const details = {
  description: z.string().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
  due_on: z.iso.datetime({ offset: true }).nullable().optional(),
};
const newMilestone = z.object({ title: z.string().min(1), ...details });
const changedMilestone = z.object({ title: z.string().min(1).optional(), ...details });

/** Milestones, like labels, need write access. */
function openMilestones(c: ApiContext): Repository {
  return openRepository(c, "labels", "write");
}

function milestoneOf(c: ApiContext, { milestones }: Repository): Milestone {
  return orNotFound(milestones.find(({ number }) => number === Number(c.req.param("number"))));
}

function assertTitle({ milestones }: Repository, title: string, own?: Milestone): void {
  if (milestones.every((each) => each === own || each.title !== title)) return;
  throw validationFailed({ resource: "Milestone", field: "title", code: "already_exists" });
}

/** Milestones without a due date come last. */
function orderOf(c: ApiContext, repository: Repository): (a: Milestone, b: Milestone) => number {
  const { sort = "due_on", direction = "asc" } = c.req.query();
  const sign = direction === "asc" ? 1 : -1;
  const completeness = (milestone: Milestone) => {
    const issues = issuesOf(repository, milestone);
    return issues.filter(({ state }) => state === "closed").length / (issues.length || 1);
  };
  if (sort === "completeness") {
    return (a, b) => sign * (completeness(a) - completeness(b)) || a.number - b.number;
  }
  if (sort !== "due_on") {
    throw validationFailed({ resource: "Milestone", field: "sort", code: "invalid" });
  }
  const due = ({ dueOn }: Milestone) => dueOn ?? "9999";
  return (a, b) => sign * due(a).localeCompare(due(b)) || a.number - b.number;
}
