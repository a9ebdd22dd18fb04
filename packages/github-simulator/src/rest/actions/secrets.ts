import { z } from "zod";
import { validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { storeAt, type SecretLocation } from "../../world/find-secrets.ts";
import { deleteSecret, openFor, putSecret } from "../../world/secrets/secret-stores.ts";
import type { Audience, Secret } from "../../world/state/secrets.ts";
import {
  assertItemName,
  audience,
  byName,
  openScope,
  itemShape,
  visibilityMissing,
} from "./actions-scopes.ts";

/**
 * The same six operations at three scopes and for three services:
 * https://docs.github.com/en/rest/actions/secrets, https://docs.github.com/en/rest/dependabot/secrets,
 * https://docs.github.com/en/rest/codespaces/organization-secrets
 */
export const secretRoutes = createRoutes();

for (const [path, scope, service] of [
  ["/orgs/:org/actions/secrets", "organisation", "actions"],
  ["/orgs/:org/dependabot/secrets", "organisation", "dependabot"],
  ["/orgs/:org/codespaces/secrets", "organisation", "codespaces"],
  ["/repos/:owner/:repo/actions/secrets", "repository", "actions"],
  ["/repos/:owner/:repo/dependabot/secrets", "repository", "dependabot"],
  ["/repos/:owner/:repo/codespaces/secrets", "repository", "codespaces"],
  ["/repos/:owner/:repo/environments/:environment/secrets", "environment", "actions"],
] as const) {
  const shape = (c: ApiContext, secret: Secret) =>
    itemShape(c, scope, `${service}/secrets`, secret);
  const open = (c: ApiContext) => storeAt(c.var.world, openScope(c, scope, service, "read"));

  secretRoutes
    .get(path, (c) => {
      const { secrets } = open(c);
      const items = byName(secrets.values());
      return c.json({
        total_count: items.length,
        secrets: paginate(c, items).map((secret) => shape(c, secret)),
      });
    })
    .get(`${path}/public-key`, (c) => {
      const { key } = open(c);
      return c.json({ key_id: key.id, key: Buffer.from(key.publicKey).toString("base64") });
    })
    .get(`${path}/:name`, (c) => {
      const { secrets } = open(c);
      const secret = orNotFound(secrets.get(c.req.param("name").toUpperCase()));
      return c.json(shape(c, secret));
    })
    .put(`${path}/:name`, async (c) => {
      const location = openScope(c, scope, service, "write");
      const name = assertItemName("Secret", c.req.param("name"));
      const given = await readBody(c, sealedSecret, "Secret");
      const value = openFor(storeAt(c.var.world, location), given.key_id, given.encrypted_value);
      const outcome = putSecret(c.var, location, name, value, askedAudience(scope, given));
      return outcome === "created" ? c.json({}, 201) : c.body(null, 204);
    })
    .delete(`${path}/:name`, (c) => {
      const location = openScope(c, scope, service, "write");
      deleteSecret(c.var, location, c.req.param("name"));
      return c.body(null, 204);
    });
}

const sealedSecret = z.object({
  encrypted_value: z.base64(),
  key_id: z.string(),
  ...audience.shape,
});

/** At the organisation's scope, each write must give the visibility. */
function askedAudience(
  scope: SecretLocation["scope"],
  given: z.output<typeof audience>,
): Partial<Audience> {
  if (scope !== "organisation") return {};
  if (given.visibility === undefined) throw visibilityMissing();
  if (given.visibility !== "selected" && given.selected_repository_ids !== undefined) {
    throw validationFailed("selected_repository_ids is only for visibility selected");
  }
  return {
    visibility: given.visibility,
    ...(given.selected_repository_ids !== undefined && {
      selected: new Set(given.selected_repository_ids),
    }),
  };
}
