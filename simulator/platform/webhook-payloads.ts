import type { Json } from "../actions/language/expression.ts";
import { simpleUserByLogin } from "../shapes/account.ts";
import { nodeId } from "../shapes/node-id.ts";
import { pullRequest } from "../shapes/pull-request.ts";
import { minimalRepository, repositoryHtmlUrl, repositoryUrl } from "../shapes/repository.ts";
import { actorName, anonymous, type Actor } from "../world/actor.ts";
import type { PullRequest, Release, Repository } from "../world/state.ts";
import type { World } from "../world/world.ts";

/**
 * Payloads as GitHub's webhooks carry them, and as workflows see them in `github.event`.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export type Payload = Record<string, Json>;

/** What every payload holds besides what happened. */
export function commonPayload(
  world: World,
  api: string,
  repository: Repository,
  actor: Actor,
): Payload {
  const organisation = world.findOrganisation(repository.owner);
  return plain({
    repository: minimalRepository(world, api, repository, anonymous),
    ...(organisation && { organization: simpleUserByLogin(world, api, organisation.login) }),
    sender: simpleUserByLogin(world, api, actorName(actor)),
  });
}

export function releasePayload(
  world: World,
  api: string,
  repository: Repository,
  release: Release,
): Payload {
  const self = `${repositoryUrl(api, repository)}/releases/${release.id}`;
  return plain({
    url: self,
    assets_url: `${self}/assets`,
    html_url: `${repositoryHtmlUrl(repository)}/releases/tag/${encodeURI(release.tag)}`,
    id: release.id,
    node_id: nodeId("Release", repository.id, release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    author: simpleUserByLogin(world, api, release.author),
    created_at: release.createdAt,
    published_at: release.publishedAt,
    assets: [],
  });
}

export function pullRequestPayload(
  world: World,
  api: string,
  repository: Repository,
  pull: PullRequest,
): Payload {
  return plain(pullRequest(world, api, anonymous, repository, pull));
}

/** As it arrives over HTTP: what is undefined is not there. */
function plain(value: object): Payload {
  return JSON.parse(JSON.stringify(value)) as Payload;
}
