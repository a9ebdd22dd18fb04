import { createHash } from "node:crypto";
import type { Release, ReleaseAsset } from "../world/state/release.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `release`. */
export function releaseShape(world: World, api: string, repository: Repository, release: Release) {
  const self = `${repositoryUrl(api, repository)}/releases/${release.id}`;
  const html = repositoryHtmlUrl(repository);
  const tag = encodeURI(release.tag);
  const archive = (kind: string) => `${repositoryUrl(api, repository)}/${kind}/${tag}`;
  return {
    url: self,
    assets_url: `${self}/assets`,
    upload_url: `${self}/assets{?name,label}`,
    html_url: `${html}/releases/${release.draft ? "edit" : "tag"}/${tag}`,
    id: release.id,
    node_id: nodeId("Release", repository.id, release.id),
    author: simpleUserByLogin(world, api, release.author),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: false,
    created_at: release.createdAt,
    updated_at: release.publishedAt ?? release.createdAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => assetShape(world, api, repository, release, asset)),
    tarball_url: release.draft ? null : archive("tarball"),
    zipball_url: release.draft ? null : archive("zipball"),
  };
}

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
