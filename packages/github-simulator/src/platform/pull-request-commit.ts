import { encodeCommit } from "../world/objects/git-objects.ts";
import { mergeTrees } from "../world/objects/merge-trees.ts";
import { branchHead, putObject } from "../world/objects/repository-git.ts";
import type { PullRequest } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import { webFlow } from "../world/repositories/write-refs.ts";

/**
 * The commit of a pull request's runs: the merge of base and head, or after the merge its
 * result. There is none while the two conflict, and then nothing runs.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
 */
export function pullRequestCommit(
  world: World,
  repository: Repository,
  { number, head, base, mergeCommit }: PullRequest,
): { sha: string; ref: string } | undefined {
  if (mergeCommit !== null) return { sha: mergeCommit, ref: `refs/heads/${base.ref}` };
  const ours = branchHead(repository, base.ref);
  const tree = ours === undefined ? undefined : mergeTrees(repository, ours, head.sha);
  if (ours === undefined || tree === undefined) return undefined;
  const ref = `refs/pull/${number}/merge`;
  const merge = encodeCommit({
    tree,
    parents: [ours, head.sha],
    author: webFlow(world),
    committer: webFlow(world),
    message: `Merge ${head.sha} into ${ours}`,
  });
  const sha = putObject(repository, merge);
  repository.refs.set(ref, sha);
  return { sha, ref };
}
