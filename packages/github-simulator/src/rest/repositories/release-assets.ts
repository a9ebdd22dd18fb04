import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, notFound, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { assetShape } from "../../serializers/release.ts";
import { actorName } from "../../world/actor.ts";
import type { Release, ReleaseAsset } from "../../world/state/release.ts";
import type { Repository } from "../../world/state/repository.ts";
import { can } from "../../world/accounts/permissions.ts";
import { releaseOf } from "./releases.ts";

/**
 * Files of a release. GitHub receives uploads at a separate address, which `upload_url` names; here
 * it is the API's. https://docs.github.com/en/rest/releases/assets
 */
export const releaseAssetRoutes = createRoutes()
  .get("/repos/:owner/:repo/releases/:id{\\d+}/assets", (c) => {
    const repository = openRepository(c, "contents", "read");
    const release = releaseOf(c, repository);
    return c.json(
      paginate(c, release.assets).map((asset) => assetShape(c.var, repository, release, asset)),
    );
  })
  .post("/repos/:owner/:repo/releases/:id{\\d+}/assets", async (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "contents", "write");
    const release = releaseOf(c, repository);
    const name = plainName(c.req.query("name") ?? "");
    assertFree(release, name);
    const content = new Uint8Array(await c.req.arrayBuffer());
    if (content.length === 0) {
      throw new ApiError(501, "the simulator does not implement an asset without content");
    }
    const now = world.now();
    const asset: ReleaseAsset = {
      id: world.nextId(),
      name,
      label: c.req.query("label") ?? null,
      contentType: c.req.header("content-type") ?? "application/octet-stream",
      content,
      uploader: actorName(actor),
      downloads: 0,
      createdAt: now,
      updatedAt: now,
    };
    release.assets.push(asset);
    return c.json(assetShape(c.var, repository, release, asset), 201);
  })
  .get("/repos/:owner/:repo/releases/assets/:asset{\\d+}", (c) => {
    const repository = openRepository(c, "contents", "read");
    const { release, asset } = find(c, repository);
    // "The API will either redirect the client to the location, or stream it directly if possible."
    if (!(c.req.header("accept") ?? "").includes("application/octet-stream")) {
      return c.json(assetShape(c.var, repository, release, asset));
    }
    asset.downloads += 1;
    return c.body(Buffer.from(asset.content), 200, { "content-type": "application/octet-stream" });
  })
  .patch("/repos/:owner/:repo/releases/assets/:asset{\\d+}", async (c) => {
    const repository = openRepository(c, "contents", "write");
    const { release, asset } = find(c, repository);
    const given = await readBody(c, assetChange, "ReleaseAsset");
    const name = plainName(given.name ?? asset.name);
    if (name !== asset.name) assertFree(release, name);
    asset.name = name;
    if (given.label !== undefined) asset.label = given.label;
    asset.updatedAt = c.var.world.now();
    return c.json(assetShape(c.var, repository, release, asset));
  })
  .delete("/repos/:owner/:repo/releases/assets/:asset{\\d+}", (c) => {
    const repository = openRepository(c, "contents", "write");
    const { release, asset } = find(c, repository);
    release.assets = release.assets.filter((each) => each !== asset);
    return c.body(null, 204);
  });

const assetChange = z.object({
  name: z.string().optional(),
  label: z.string().nullable().optional(),
});

/** "GitHub renames asset filenames that have special characters"; the new name is not documented. */
function plainName(name: string): string {
  if (name === "") {
    throw validationFailed({ resource: "ReleaseAsset", field: "name", code: "missing_field" });
  }
  if (/^[\w+@~-][\w.+@~-]*$/.test(name)) return name;
  throw new ApiError(501, `the simulator does not implement an asset named ${name}`);
}

function assertFree({ assets }: Release, name: string): void {
  if (!assets.some((asset) => asset.name === name)) return;
  throw validationFailed({ resource: "ReleaseAsset", field: "name", code: "already_exists" });
}

/** Only those who may write can see drafts. */
function find(c: ApiContext, repository: Repository) {
  const maySeeDrafts = can(c.var, "write", repository);
  for (const release of repository.releases) {
    const asset = release.assets.find(({ id }) => id === Number(c.req.param("asset")));
    if (asset !== undefined && (!release.draft || maySeeDrafts)) return { release, asset };
  }
  throw notFound();
}
