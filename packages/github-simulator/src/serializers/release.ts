import type { Release, Repository } from "../world/state/state.ts";
import type { World } from "../world/world.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { assetShape } from "./release-asset.ts";
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
