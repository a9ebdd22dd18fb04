import { z } from "zod";
import { openOrganisation } from "../../http/access.ts";
import { ApiError, notFound, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { minimalRepository } from "../../serializers/repository.ts";
import type { Organisation } from "../../world/state/accounts.ts";

/**
 * Which repositories may use an organisation's secret, variable, or Actions at all.
 * https://docs.github.com/en/rest/actions/secrets#list-selected-repositories-for-an-organization-secret
 */
export const selectedRepositoryRoutes = createRoutes();

/** The set of ids, and whether it is currently in effect. */
type Selection = { ids: Set<number>; replace: (ids: Set<number>) => void; inForce: boolean };

const selections: Record<
  string,
  {
    permission: Parameters<typeof openOrganisation>[1];
    find: (organisation: Organisation, name: string) => Selection | undefined;
  }
> = {
  "/orgs/:org/actions/secrets/:name/repositories": {
    permission: "organization_secrets",
    find: ({ secrets }, name) => selectionOf(secrets.secrets.get(name.toUpperCase())),
  },
  "/orgs/:org/dependabot/secrets/:name/repositories": {
    permission: "organization_dependabot_secrets",
    find: ({ dependabotSecrets }, name) =>
      selectionOf(dependabotSecrets.secrets.get(name.toUpperCase())),
  },
  "/orgs/:org/codespaces/secrets/:name/repositories": {
    permission: "organization_codespaces_secrets",
    find: ({ codespacesSecrets }, name) =>
      selectionOf(codespacesSecrets.secrets.get(name.toUpperCase())),
  },
  "/orgs/:org/actions/variables/:name/repositories": {
    permission: "organization_actions_variables",
    find: ({ variables }, name) => selectionOf(variables.get(name.toUpperCase())),
  },
  "/orgs/:org/actions/permissions/repositories": {
    permission: "organization_administration",
    find: (organisation) => ({
      ids: organisation.selectedRepositories,
      replace: (ids) => {
        organisation.selectedRepositories = ids;
      },
      inForce: organisation.actions.enabledRepositories === "selected",
    }),
  },
};

for (const [path, { permission, find }] of Object.entries(selections)) {
  const open = (c: ApiContext, level: "read" | "write"): Selection => {
    const organisation = openOrganisation(c, permission, level);
    const selection = orNotFound(find(organisation, c.req.param("name") ?? ""));
    if (level === "write" && !selection.inForce) {
      throw new ApiError(409, "Repository selection needs the visibility to be 'selected'");
    }
    return selection;
  };

  selectedRepositoryRoutes
    .get(path, (c) => {
      const { world } = c.var;
      const { ids, inForce } = open(c, "read");
      const items = [...(inForce ? ids : [])].flatMap((id) => {
        const repository = world.state.repositories.get(id);
        return repository === undefined ? [] : [repository];
      });
      return c.json({
        total_count: items.length,
        repositories: paginate(c, items).map((item) => minimalRepository(c.var, item)),
      });
    })
    .put(path, async (c) => {
      const selection = open(c, "write");
      const given = await readBody(c, selectedIds, "Repository");
      given.selected_repository_ids.forEach((id) => assertKnown(c, id));
      selection.replace(new Set(given.selected_repository_ids));
      return c.body(null, 204);
    })
    .put(`${path}/:repository_id{\\d+}`, (c) => {
      const { ids } = open(c, "write");
      ids.add(assertKnown(c, Number(c.req.param("repository_id"))));
      return c.body(null, 204);
    })
    .delete(`${path}/:repository_id{\\d+}`, (c) => {
      open(c, "write").ids.delete(Number(c.req.param("repository_id")));
      return c.body(null, 204);
    });
}

const selectedIds = z.object({ selected_repository_ids: z.array(z.coerce.number().int()) });

function selectionOf(
  item: { visibility: string; selected: Set<number> } | undefined,
): Selection | undefined {
  if (item === undefined) return undefined;
  return {
    ids: item.selected,
    replace: (ids) => {
      item.selected = ids;
    },
    inForce: item.visibility === "selected",
  };
}

function assertKnown(c: ApiContext, id: number): number {
  const repository = c.var.world.state.repositories.get(id);
  if (repository?.owner.toLowerCase() !== c.req.param("org")?.toLowerCase()) throw notFound();
  return id;
}
