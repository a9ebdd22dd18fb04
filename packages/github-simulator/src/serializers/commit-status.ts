import type { View } from "./view.ts";
import { statusState } from "../world/repositories/checks.ts";
import type { CommitStatus, Repository } from "../world/state/repository.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryUrl } from "./repository.ts";

/** GitHub's `status`. */
export function statusShape(view: View, repository: Repository, status: CommitStatus) {
  const creator = simpleUserByLogin(view, status.creator);
  return { ...simpleStatus(view, repository, status), creator };
}

/** The combination of each context's newest status. https://docs.github.com/en/rest/commits/statuses */
export function combinedStatus(
  view: View,
  repository: Repository,
  sha: string,
  latest: readonly CommitStatus[],
  page: readonly CommitStatus[],
  shown: Record<string, unknown>,
) {
  const self = repositoryUrl(view, repository);
  return {
    state: statusState(latest),
    statuses: page.map((status) => simpleStatus(view, repository, status)),
    sha,
    total_count: latest.length,
    repository: shown,
    commit_url: `${self}/commits/${sha}`,
    url: `${self}/commits/${sha}/status`,
  };
}

function simpleStatus(view: View, repository: Repository, status: CommitStatus) {
  const { id, sha, state, context, description, targetUrl, createdAt, updatedAt } = status;
  return {
    url: `${repositoryUrl(view, repository)}/statuses/${sha}`,
    avatar_url: simpleUserByLogin(view, status.creator).avatar_url,
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
