import type { Json } from "../actions/language/expression.ts";
import { simpleOrganisation, simpleUserByLogin } from "../serializers/account.ts";
import { pullRequest } from "../serializers/pull-request.ts";
import { releaseShape } from "../serializers/release.ts";
import { minimalRepository } from "../serializers/repository.ts";
import { anonymous } from "../world/actor.ts";
import type { Organisation } from "../world/state/accounts.ts";
import type { PullRequest } from "../world/state/discussions.ts";
import type { Release } from "../world/state/release.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";

/**
 * Payloads of GitHub's webhooks, and of `github.event` in workflows.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export type Payload = Record<string, Json>;

/** The fields of every payload in addition to the event's own. */
export function commonPayload(
  world: World,
  api: string,
  place: { repository?: Repository | undefined; organisation?: Organisation | undefined },
  sender: string,
): Payload {
  const { repository, organisation = world.findOrganisation(repository?.owner ?? "") } = place;
  return plain({
    ...(repository && { repository: minimalRepository(world, api, repository, anonymous) }),
    ...(organisation && { organization: simpleOrganisation(api, organisation) }),
    sender: simpleUserByLogin(world, api, sender),
  });
}

export function releasePayload(
  world: World,
  api: string,
  repository: Repository,
  release: Release,
): Payload {
  return plain(releaseShape(world, api, repository, release));
}

export function pullRequestPayload(
  world: World,
  api: string,
  repository: Repository,
  pull: PullRequest,
): Payload {
  return plain(pullRequest(world, api, anonymous, repository, pull));
}

/** As it arrives over HTTP: undefined fields are absent. */
export function plain(value: object): Payload {
  return JSON.parse(JSON.stringify(value)) as Payload;
}
