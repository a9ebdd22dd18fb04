import type { View } from "./view.ts";
import { createHash } from "node:crypto";
import type { Release, ReleaseAsset } from "../world/state/release.ts";
import type { Repository } from "../world/state/repository.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `release`. */
export function releaseShape(view: View, repository: Repository, release: Release) {
  const self = `${repositoryUrl(view, repository)}/releases/${release.id}`;
  const html = repositoryHtmlUrl(repository);
  const tag = encodeURI(release.tag);
  const archive = (kind: string) => `${repositoryUrl(view, repository)}/${kind}/${tag}`;
  return {
    url: self,
    assets_url: `${self}/assets`,
    upload_url: `${self}/assets{?name,label}`,
    html_url: `${html}/releases/${release.draft ? "edit" : "tag"}/${tag}`,
    id: release.id,
    node_id: nodeId("Release", repository.id, release.id),
    author: simpleUserByLogin(view, release.author),
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
    assets: release.assets.map((asset) => assetShape(view, repository, release, asset)),
    tarball_url: release.draft ? null : archive("tarball"),
    zipball_url: release.draft ? null : archive("zipball"),
  };
}

/** GitHub's `release-asset`. */
export function assetShape(
  view: View,
  repository: Repository,
  release: Release,
  asset: ReleaseAsset,
) {
  const page = `${repositoryHtmlUrl(repository)}/releases/download`;
  return {
    url: `${repositoryUrl(view, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId("ReleaseAsset", repository.id, asset.id),
    name: asset.name,
    label: asset.label,
    uploader: simpleUserByLogin(view, asset.uploader),
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
