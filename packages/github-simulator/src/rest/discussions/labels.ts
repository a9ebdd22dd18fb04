import { discussionOf, labelNames } from "./discussion-of-path.ts";
import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { labelShapes } from "../../serializers/label.ts";
import { editDiscussion } from "../../world/discussions/issues.ts";
import { changeLabel, createLabel, deleteLabel } from "../../world/repositories/labels.ts";
import type { Label } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/issues/labels */
export const labelRoutes = createRoutes()
  .get("/repos/:owner/:repo/labels", (c) => {
    const repository = openRepository(c, "issues", "read");
    const names = [...repository.labels.values()].map(({ name }) => name);
    return c.json(labelShapes(c.var, repository, paginate(c, names)));
  })
  .post("/repos/:owner/:repo/labels", async (c) => {
    const repository = openLabels(c);
    const given = await readBody(c, newLabel, "Label");
    if (repository.labels.has(given.name.toLowerCase())) {
      throw validationFailed({ resource: "Label", field: "name", code: "already_exists" });
    }
    const label = { name: given.name, ...looksOf(given) };
    const { name } = createLabel(c.var, repository, label);
    return answerLabel(c, repository, name, 201);
  })
  .get("/repos/:owner/:repo/labels/:name", (c) => {
    const repository = openRepository(c, "issues", "read");
    return answerLabel(c, repository, labelOf(c, repository).name);
  })
  .patch("/repos/:owner/:repo/labels/:name", async (c) => {
    const repository = openLabels(c);
    const label = labelOf(c, repository);
    const given = await readBody(c, changedLabel, "Label");
    const twin = repository.labels.get(given.new_name?.toLowerCase() ?? "");
    if (twin !== undefined && twin !== label) {
      throw validationFailed({ resource: "Label", field: "name", code: "already_exists" });
    }
    const name = given.new_name ?? label.name;
    changeLabel(c.var, repository, label, { name, ...looksOf(given) });
    return answerLabel(c, repository, label.name);
  })
  .delete("/repos/:owner/:repo/labels/:name", (c) => {
    const repository = openLabels(c);
    deleteLabel(c.var, repository, labelOf(c, repository));
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/issues/:number{\\d+}/labels", (c) => {
    const repository = openRepository(c, "issues", "read");
    return c.json(labelShapes(c.var, repository, paginate(c, discussionOf(c, repository).labels)));
  })
  .post("/repos/:owner/:repo/issues/:number{\\d+}/labels", (c) => addLabels(c, true))
  .put("/repos/:owner/:repo/issues/:number{\\d+}/labels", (c) => addLabels(c, false))
  .delete("/repos/:owner/:repo/issues/:number{\\d+}/labels", (c) => {
    const repository = openLabels(c);
    editDiscussion(c.var, repository, discussionOf(c, repository), { labels: [] });
    return c.body(null, 204);
  })
  .delete("/repos/:owner/:repo/issues/:number{\\d+}/labels/:name", (c) => {
    const repository = openLabels(c);
    const item = discussionOf(c, repository);
    const label = labelOf(c, repository);
    if (!item.labels.includes(label.name)) throw new ApiError(404, "Label does not exist");
    const labels = item.labels.filter((name) => name !== label.name);
    editDiscussion(c.var, repository, item, { labels });
    return c.json(labelShapes(c.var, repository, item.labels));
  });

const looks = {
  color: z
    .string()
    .regex(/^[0-9a-f]{6}$/i)
    .optional(),
  description: z.string().max(100).nullish(),
};
const newLabel = z.object({ name: z.string().min(1).max(50), ...looks });
const changedLabel = z.object({ new_name: z.string().min(1).max(50).optional(), ...looks });
const labelList = z.object({ labels: labelNames.default([]) });

function looksOf({ color, description }: z.output<typeof changedLabel>): Partial<Label> {
  return {
    ...(color !== undefined && { color }),
    ...(description !== undefined && { description }),
  };
}

/** Labels need the triage role; here it needs write access. */
function openLabels(c: ApiContext): Repository {
  return openRepository(c, "labels", "write");
}

function labelOf(c: ApiContext, { labels }: Repository): Label {
  return orNotFound(labels.get((c.req.param("name") ?? "").toLowerCase()));
}

function answerLabel(c: ApiContext, repository: Repository, name: string, status: 200 | 201 = 200) {
  return c.json(labelShapes(c.var, repository, [name])[0], status);
}

/** Adds labels to an issue or pull request, or replaces its labels. */
async function addLabels(c: ApiContext, keeps: boolean) {
  const repository = openLabels(c);
  const item = discussionOf(c, repository);
  const given = await readBody(c, labelList, "Label", "labels");
  const labels = [...(keeps ? item.labels : []), ...given.labels];
  editDiscussion(c.var, repository, item, { labels });
  return c.json(labelShapes(c.var, repository, item.labels));
}
