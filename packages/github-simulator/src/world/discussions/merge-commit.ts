import type { Actor } from "../actor.ts";
import { encodeCommit } from "../objects/git-objects.ts";
import { mergeTrees } from "../objects/merge-trees.ts";
import { branchHead, putObject } from "../objects/repository-git.ts";
import { signatureOf, webFlow } from "../repositories/write-refs.ts";
import type { AutoMerge, PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** What a pull request merges into, and the files afterwards; nothing if they conflict. */
export function mergedTree(
  repository: Repository,
  { base, head }: PullRequest,
): { base: string; tree: string } | undefined {
  const oid = branchHead(repository, base.ref);
  const tree = oid === undefined ? undefined : mergeTrees(repository, oid, head.sha);
  return oid === undefined || tree === undefined ? undefined : { base: oid, tree };
}

/** Writes the commit of a merge, which GitHub signs. No branch has it yet. */
export function writeMergeCommit(
  world: World,
  actor: Actor,
  repository: Repository,
  { tree, parents, message }: { tree: string; parents: string[]; message: string },
): string {
  const [author, committer] = [signatureOf(world, actor), webFlow(world)];
  const commit = encodeCommit({ tree, parents, author, committer, message });
  const oid = putObject(repository, commit);
  repository.signed.add(oid);
  return oid;
}

/** The parents of a pull request's commit. */
export function parentsOf(
  { head }: PullRequest,
  method: AutoMerge["method"],
  base: string,
): string[] {
  return method === "merge" ? [base, head.sha] : [base];
}
