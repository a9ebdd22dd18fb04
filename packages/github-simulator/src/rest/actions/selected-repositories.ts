import { z } from "zod";
import { openOrganisation } from "../../http/access.ts";
import { ApiError, notFound, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { minimalRepository } from "../../serializers/repository.ts";
import { holderAt, storeAt, type SecretService } from "../../world/find-secrets.ts";
import type { Audience } from "../../world/state/secrets.ts";
import { openScope } from "./actions-scopes.ts";

/**
 * Which repositories may use an organisation's secret, variable, or Actions at all.
 * https://docs.github.com/en/rest/actions/secrets#list-selected-repositories-for-an-organization-secret
 */
export const selectedRepositoryRoutes = createRoutes();

/** What the path names, with the ids of the repositories, which count if the visibility is `selected`. */
type Open = (
  c: ApiContext,
  level: "read" | "write",
) => { visibility: string; selected: Audience["selected"] } | undefined;

const nameOf = (c: ApiContext) => (c.req.param("name") ?? "").toUpperCase();
const secretOf =
  (service: SecretService): Open =>
  (c, level) =>
    storeAt(c.var.world, openScope(c, "organisation", service, level)).secrets.get(nameOf(c));

const selections: Readonly<Record<string, Open>> = {
  "/orgs/:org/actions/secrets/:name/repositories": secretOf("actions"),
  "/orgs/:org/dependabot/secrets/:name/repositories": secretOf("dependabot"),
  "/orgs/:org/codespaces/secrets/:name/repositories": secretOf("codespaces"),
  "/orgs/:org/actions/variables/:name/repositories": (c, level) => {
    const location = openScope(c, "organisation", "variables", level);
    return holderAt(c.var.world, location).variables.get(nameOf(c));
  },
  "/orgs/:org/actions/permissions/repositories": (c, level) => {
    const found = openOrganisation(c, "organization_administration", level);
    const { actions, selectedRepositories: selected } = found;
    return { visibility: actions.enabledRepositories, selected };
  },
};

for (const [path, find] of Object.entries(selections)) {
  const openForWriting = (c: ApiContext): Set<number> => {
    const { visibility, selected } = orNotFound(find(c, "write"));
    if (visibility === "selected") return selected;
    throw new ApiError(409, "Repository selection needs the visibility to be 'selected'");
  };

  selectedRepositoryRoutes
    .get(path, (c) => {
      const { visibility, selected } = orNotFound(find(c, "read"));
      const items = [...(visibility === "selected" ? selected : [])].flatMap(
        (id) => c.var.world.state.repositories.get(id) ?? [],
      );
      return c.json({
        total_count: items.length,
        repositories: paginate(c, items).map((item) => minimalRepository(c.var, item)),
      });
    })
    .put(path, async (c) => {
      const selected = openForWriting(c);
      const given = await readBody(c, selectedIds, "Repository");
      const ids = given.selected_repository_ids.map((id) => assertKnown(c, id));
      selected.clear();
      for (const id of ids) selected.add(id);
      return c.body(null, 204);
    })
    .put(`${path}/:repository_id{\\d+}`, (c) => {
      openForWriting(c).add(assertKnown(c, Number(c.req.param("repository_id"))));
      return c.body(null, 204);
    })
    .delete(`${path}/:repository_id{\\d+}`, (c) => {
      openForWriting(c).delete(Number(c.req.param("repository_id")));
      return c.body(null, 204);
    });
}

const selectedIds = z.object({ selected_repository_ids: z.array(z.coerce.number().int()) });

function assertKnown(c: ApiContext, id: number): number {
  const repository = c.var.world.state.repositories.get(id);
  if (repository?.owner.toLowerCase() !== c.req.param("org")?.toLowerCase()) throw notFound();
  return id;
}
