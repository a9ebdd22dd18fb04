import type { View } from "../serializers/view.ts";
import type { Json } from "../actions/language/expression.ts";
import { simpleOrganisation, simpleUserByLogin } from "../serializers/account.ts";
import { pullRequest } from "../serializers/pull-request.ts";
import { releaseShape } from "../serializers/release.ts";
import { minimalRepository } from "../serializers/repository.ts";
import type { Organisation } from "../world/state/accounts.ts";
import type { PullRequest } from "../world/state/discussions.ts";
import type { Release } from "../world/state/release.ts";
import type { Repository } from "../world/state/repository.ts";

/**
 * Payloads of GitHub's webhooks, and of `github.event` in workflows.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export type Payload = Record<string, Json>;

/** The fields of every payload in addition to the event's own. */
export function commonPayload(
  view: View,
  place: { repository?: Repository | undefined; organisation?: Organisation | undefined },
  sender: string,
): Payload {
  const { repository, organisation = view.world.findOrganisation(repository?.owner ?? "") } = place;
  return plain({
    ...(repository && {
      repository: minimalRepository(view, repository),
    }),
    ...(organisation && { organization: simpleOrganisation(view, organisation) }),
    sender: simpleUserByLogin(view, sender),
  });
}

export function releasePayload(view: View, repository: Repository, release: Release): Payload {
  return plain(releaseShape(view, repository, release));
}

export function pullRequestPayload(view: View, repository: Repository, pull: PullRequest): Payload {
  return plain(pullRequest(view, repository, pull));
}

/** As it arrives over HTTP: undefined fields are absent. */
export function plain(value: object): Payload {
  return JSON.parse(JSON.stringify(value)) as Payload;
}
