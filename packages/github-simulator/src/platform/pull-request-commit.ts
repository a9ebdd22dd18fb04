import { encodeCommit } from "../world/objects/git-objects.ts";
import { mergedTree } from "../world/discussions/merge-commit.ts";
import { putObject } from "../world/objects/repository-git.ts";
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
  pull: PullRequest,
): { sha: string; ref: string } | undefined {
  const { number, head, base, mergeCommit } = pull;
  if (mergeCommit !== null) return { sha: mergeCommit, ref: `refs/heads/${base.ref}` };
  const merged = mergedTree(repository, pull);
  if (merged === undefined) return undefined;
  const ref = `refs/pull/${number}/merge`;
  const merge = encodeCommit({
    tree: merged.tree,
    parents: [merged.base, head.sha],
    author: webFlow(world),
    committer: webFlow(world),
    message: `Merge ${head.sha} into ${merged.base}`,
  });
  const sha = putObject(repository, merge);
  repository.refs.set(ref, sha);
  return { sha, ref };
}
