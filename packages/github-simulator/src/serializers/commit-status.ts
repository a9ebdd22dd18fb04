import { statusState } from "../world/repositories/checks.ts";
import type { CommitStatus, Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryUrl } from "./repository.ts";

/** GitHub's `status`. */
export function statusShape(
  world: World,
  api: string,
  repository: Repository,
  status: CommitStatus,
) {
  const creator = simpleUserByLogin(world, api, status.creator);
  return { ...simpleStatus(world, api, repository, status), creator };
}

/** The combination of each context's newest status. https://docs.github.com/en/rest/commits/statuses */
export function combinedStatus(
  world: World,
  api: string,
  repository: Repository,
  sha: string,
  latest: readonly CommitStatus[],
  page: readonly CommitStatus[],
  shown: Record<string, unknown>,
) {
  const self = repositoryUrl(api, repository);
  return {
    state: statusState(latest),
    statuses: page.map((status) => simpleStatus(world, api, repository, status)),
    sha,
    total_count: latest.length,
    repository: shown,
    commit_url: `${self}/commits/${sha}`,
    url: `${self}/commits/${sha}/status`,
  };
}

function simpleStatus(world: World, api: string, repository: Repository, status: CommitStatus) {
  const { id, sha, state, context, description, targetUrl, createdAt, updatedAt } = status;
  return {
    url: `${repositoryUrl(api, repository)}/statuses/${sha}`,
    avatar_url: simpleUserByLogin(world, api, status.creator).avatar_url,
    id,
    node_id: nodeId("StatusContext", repository.id, id),
    state,
    description,
    target_url: targetUrl,
    context,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
