import { z } from "zod";
import { openRepository } from "../http/access.ts";
import { ApiError, notFound, validationFailed } from "../http/api-error.ts";
import { createRoutes, type ApiContext } from "../http/env.ts";
import { paginate } from "../http/paginate.ts";
import { readBody } from "../http/read-body.ts";
import {
  reaches,
  deleteSecret,
  holderAt,
  openFor,
  putSecret,
  type SecretLocation,
} from "../world/secret-stores.ts";
import type { Audience, Secret } from "../world/state.ts";
import { assertItemName, audience, openScope } from "./actions-scopes.ts";

/** https://docs.github.com/en/rest/actions/secrets: the same six operations at three scopes. */
export const secretRoutes = createRoutes();

for (const [path, scope] of [
  ["/orgs/:org/actions/secrets", "organisation"],
  ["/repos/:owner/:repo/actions/secrets", "repository"],
  ["/repos/:owner/:repo/environments/:environment/secrets", "environment"],
] as const) {
  secretRoutes
    .get(path, (c) => {
      const { secrets } = holderAt(c.var.world, openScope(c, scope, "secrets", "read")).secrets;
      const items = [...secrets.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
      return c.json({
        total_count: items.length,
        secrets: paginate(c, items).map((secret) => secretShape(c, scope, secret)),
      });
    })
    .get(`${path}/public-key`, (c) => {
      const { key } = holderAt(c.var.world, openScope(c, scope, "secrets", "read")).secrets;
      return c.json({ key_id: key.id, key: Buffer.from(key.publicKey).toString("base64") });
    })
    .get(`${path}/:name`, (c) => {
      const { secrets } = holderAt(c.var.world, openScope(c, scope, "secrets", "read")).secrets;
      const secret = secrets.get(c.req.param("name").toUpperCase());
      if (secret === undefined) throw notFound();
      return c.json(secretShape(c, scope, secret));
    })
    .put(`${path}/:name`, async (c) => {
      const { world, actor } = c.var;
      const location = openScope(c, scope, "secrets", "write");
      const name = assertItemName("Secret", c.req.param("name"));
      const given = await readBody(c, sealedSecret, "Secret");
      const value = openFor(holderAt(world, location).secrets, given.key_id, given.encrypted_value);
      const outcome = putSecret(world, actor, location, name, value, askedAudience(scope, given));
      return outcome === "created" ? c.json({}, 201) : c.body(null, 204);
    })
    .delete(`${path}/:name`, (c) => {
      const location = openScope(c, scope, "secrets", "write");
      deleteSecret(c.var.world, c.var.actor, location, c.req.param("name"));
      return c.body(null, 204);
    });
}

secretRoutes.get("/repos/:owner/:repo/actions/organization-secrets", (c) => {
  const repository = openRepository(c, "secrets", "read");
  const organisation = c.var.world.findOrganisation(repository.owner);
  const items = [...(organisation?.secrets.secrets.values() ?? [])].filter((secret) =>
    reaches(secret, repository),
  );
  return c.json({
    total_count: items.length,
    secrets: paginate(c, items).map((secret) => secretShape(c, "repository", secret)),
  });
});

const sealedSecret = z.object({
  encrypted_value: z.base64(),
  key_id: z.string(),
  ...audience.shape,
});

/** At the organisation's scope the visibility must be said, at each write. */
function askedAudience(
  scope: SecretLocation["scope"],
  given: z.output<typeof audience>,
): Partial<Audience> {
  if (scope !== "organisation") return {};
  if (given.visibility === undefined) {
    throw new ApiError(422, 'Invalid request.\n\n"visibility" wasn\'t supplied.');
  }
  if (given.visibility !== "selected" && given.selected_repository_ids !== undefined) {
    throw validationFailed("selected_repository_ids is only for visibility selected");
  }
  return {
    visibility: given.visibility,
    ...(given.selected_repository_ids === undefined
      ? {}
      : { selected: new Set(given.selected_repository_ids) }),
  };
}

/** Name and dates, never the value. */
function secretShape(c: ApiContext, scope: SecretLocation["scope"], secret: Secret) {
  const facts = { name: secret.name, created_at: secret.createdAt, updated_at: secret.updatedAt };
  if (scope !== "organisation") return facts;
  return {
    ...facts,
    visibility: secret.visibility,
    ...(secret.visibility === "selected"
      ? {
          selected_repositories_url: `${c.var.api}/orgs/${c.req.param("org")}/actions/secrets/${secret.name}/repositories`,
        }
      : {}),
  };
}
