import { z } from "zod";
import { ApiError, validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { assertRoom, auditItem } from "../../world/secrets/secret-stores.ts";
import { holderAt } from "../../world/find-secrets.ts";
import type { Variable } from "../../world/state/secrets.ts";
import {
  assertItemName,
  audience,
  byName,
  openScope,
  itemShape,
  visibilityMissing,
} from "./actions-scopes.ts";

/** https://docs.github.com/en/rest/actions/variables: the same five operations at three scopes. */
export const variableRoutes = createRoutes();

/** GitHub's only lists with pages of 10. */
const pageSize = 10;

for (const [path, scope] of [
  ["/orgs/:org/actions/variables", "organisation"],
  ["/repos/:owner/:repo/actions/variables", "repository"],
  ["/repos/:owner/:repo/environments/:environment/variables", "environment"],
] as const) {
  const shape = (c: ApiContext, variable: Variable) => ({
    ...itemShape(c, scope, "actions/variables", variable),
    value: variable.value,
  });
  const open = (c: ApiContext, level: "read" | "write") =>
    holderAt(c.var.world, openScope(c, scope, "variables", level)).variables;
  const audit = (c: ApiContext, verb: "create" | "update" | "remove", key: string) => {
    const location = openScope(c, scope, "variables", "write");
    auditItem(c.var, location, `${verb}_actions_variable`, key);
  };

  variableRoutes
    .get(path, (c) => {
      const items = byName(open(c, "read").values());
      return c.json({
        total_count: items.length,
        variables: paginate(c, items, pageSize).map((item) => shape(c, item)),
      });
    })
    .post(path, async (c) => {
      const variables = open(c, "write");
      const given = await readBody(c, newVariable, "Variable");
      const name = assertItemName("Variable", given.name);
      assertFree(variables, name);
      if (scope === "organisation" && given.visibility === undefined) throw visibilityMissing();
      assertRoom("variables", openScope(c, scope, "variables", "write"), variables.size);
      const now = c.var.world.now();
      variables.set(name, {
        name,
        value: assertSize(given.value),
        visibility: given.visibility ?? "all",
        selected: new Set(given.selected_repository_ids),
        createdAt: now,
        updatedAt: now,
      });
      audit(c, "create", name);
      return c.json({}, 201);
    })
    .get(`${path}/:name`, (c) => c.json(shape(c, named(c, open(c, "read")))))
    .patch(`${path}/:name`, async (c) => {
      const variables = open(c, "write");
      const variable = named(c, variables);
      const given = await readBody(c, newVariable.partial(), "Variable");
      if (given.name !== undefined) {
        const name = assertItemName("Variable", given.name);
        if (name !== variable.name) assertFree(variables, name);
        variables.delete(variable.name);
        variable.name = name;
        variables.set(name, variable);
      }
      if (given.value !== undefined) variable.value = assertSize(given.value);
      if (given.visibility !== undefined) variable.visibility = given.visibility;
      if (given.selected_repository_ids !== undefined) {
        variable.selected = new Set(given.selected_repository_ids);
      }
      variable.updatedAt = c.var.world.now();
      audit(c, "update", variable.name);
      return c.body(null, 204);
    })
    .delete(`${path}/:name`, (c) => {
      const variables = open(c, "write");
      const { name } = named(c, variables);
      variables.delete(name);
      audit(c, "remove", name);
      return c.body(null, 204);
    });
}

const newVariable = z.object({ name: z.string(), value: z.string(), ...audience.shape });

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
function assertSize(value: string): string {
  if (Buffer.byteLength(value) <= 48 * 1024) return value;
  throw validationFailed({ resource: "Variable", field: "value", code: "invalid" });
}

function assertFree(variables: ReadonlyMap<string, Variable>, name: string): void {
  if (variables.has(name)) throw new ApiError(409, "Already exists - Variable already exists");
}

function named(c: ApiContext, variables: Map<string, Variable>): Variable {
  return orNotFound(variables.get((c.req.param("name") ?? "").toUpperCase()));
}
