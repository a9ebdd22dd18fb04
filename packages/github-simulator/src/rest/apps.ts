import { z } from "zod";
import { timestamp } from "../clock.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import { signingApp } from "../http/authenticate-app.ts";
import { createRoutes, type ApiContext } from "../http/env.ts";
import { paginate } from "../http/paginate.ts";
import { readBody } from "../http/read-body.ts";
import { simpleUserByLogin, webUrl } from "../serializers/account.ts";
import { minimalRepository } from "../serializers/repository.ts";
import type { App } from "../world/state/app.ts";

const hour = 3_600_000;

/**
 * What an App calls with a JSON Web Token. These routes are before the others, which such a token does not
 * open. https://docs.github.com/en/rest/apps/apps
 */
export const appRoutes = createRoutes()
  .get("/app", (c) => c.json(integration(c, signingApp(c))))
  .get("/app/installations/:id", (c) => c.json(installation(c, installed(c))))
  .post("/app/installations/:id/access_tokens", async (c) => {
    const { world } = c.var;
    const app = installed(c);
    if (app.suspendedAt !== null) throw new ApiError(403, "This installation has been suspended");
    const asked = Object.keys(await readBody(c, z.looseObject({}), "InstallationToken"));
    if (asked.length > 0) {
      const message = `the simulator makes no narrower tokens, as ${asked.join(", ")} requests one`;
      throw new ApiError(501, message);
    }
    const expiresAt = timestamp(world.clock.now() + hour);
    const { permissions, owner, repositories } = app;
    const token = world.mintToken({
      name: `${app.slug} ${world.nextId()}`,
      kind: "app",
      owner,
      scopes: [],
      permissions,
      repositories,
      expiresAt,
    });
    return c.json(
      {
        token,
        expires_at: expiresAt,
        permissions,
        repository_selection: selection(repositories),
      },
      201,
    );
  });

/** What an App calls with an installation token. https://docs.github.com/en/rest/apps/installations */
export const installationRoutes = createRoutes().get("/installation/repositories", (c) => {
  const { world, actor } = c.var;
  if (actor.kind !== "app") {
    throw new ApiError(
      403,
      "You must authenticate with an installation access token in order to list repositories for an installation.",
    );
  }
  const reached = world
    .repositoriesOf(actor.login)
    .filter(({ id }) => actor.repositories?.includes(id) ?? true);
  return c.json({
    total_count: reached.length,
    repository_selection: selection(actor.repositories),
    repositories: paginate(c, reached).map((each) => minimalRepository(c.var, each)),
  });
});

/** The App, if the installation of the path is its own. */
function installed(c: ApiContext): App {
  const app = signingApp(c);
  if (String(app.installationId) !== c.req.param("id")) throw notFound();
  return app;
}

function selection(repositories: readonly number[] | undefined): "all" | "selected" {
  return repositories === undefined ? "all" : "selected";
}

/** GitHub's `integration`. */
function integration(c: ApiContext, { id, slug, owner, createdAt, permissions }: App) {
  return {
    id,
    slug,
    node_id: `A_${Buffer.from(String(id)).toString("base64url")}`,
    owner: simpleUserByLogin(c.var, owner),
    name: slug,
    description: null,
    external_url: webUrl,
    html_url: `${webUrl}/apps/${slug}`,
    created_at: createdAt,
    updated_at: createdAt,
    permissions,
    events: [],
    installations_count: 1,
  };
}

/** GitHub's `installation`. */
function installation(c: ApiContext, app: App) {
  const { world, api } = c.var;
  const { id, slug, owner, installationId, createdAt, permissions, repositories } = app;
  const { suspendedAt } = app;
  return {
    id: installationId,
    account: simpleUserByLogin(c.var, owner),
    repository_selection: selection(repositories),
    access_tokens_url: `${api}/app/installations/${installationId}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${webUrl}/organizations/${owner}/settings/installations/${installationId}`,
    app_id: id,
    app_slug: slug,
    target_id: world.findOrganisation(owner)?.id ?? 0,
    target_type: "Organization",
    permissions,
    events: [],
    created_at: createdAt,
    updated_at: suspendedAt ?? createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspendedAt === null ? null : simpleUserByLogin(c.var, owner),
    suspended_at: suspendedAt,
  };
}
