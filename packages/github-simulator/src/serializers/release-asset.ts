import { createHash } from "node:crypto";
import type { Release, ReleaseAsset, Repository } from "../world/state/state.ts";
import type { World } from "../world/world.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `release-asset`. */
export function assetShape(
  world: World,
  api: string,
  repository: Repository,
  release: Release,
  asset: ReleaseAsset,
) {
  const page = `${repositoryHtmlUrl(repository)}/releases/download`;
  return {
    url: `${repositoryUrl(api, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId("ReleaseAsset", repository.id, asset.id),
    name: asset.name,
    label: asset.label,
    uploader: simpleUserByLogin(world, api, asset.uploader),
    content_type: asset.contentType,
    state: "uploaded",
    size: asset.content.length,
    digest: `sha256:${createHash("sha256").update(asset.content).digest("hex")}`,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    browser_download_url: `${page}/${encodeURI(release.tag)}/${encodeURIComponent(asset.name)}`,
  };
}
