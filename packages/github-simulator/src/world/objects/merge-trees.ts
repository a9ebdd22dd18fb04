import { changeTree, mergeBase, readCommit, walkTree } from "./repository-git.ts";
import type { Repository } from "../state/repository.ts";

/**
 * The tree of a three-way merge of two commits, file by file; undefined if both sides
 * changed the same file in different ways.
 */
export function mergeTrees(
  repository: Repository,
  ours: string,
  theirs: string,
): string | undefined {
  const base = mergeBase(repository, ours, theirs);
  const filesOf = (commit: string | undefined) =>
    new Map(
      commit === undefined
        ? []
        : walkTree(repository, readCommit(repository, commit).tree).map(
            ({ path, mode, oid }) => [path, { mode, oid }] as const,
          ),
    );
  const before = filesOf(base);
  const here = filesOf(ours);
  const there = filesOf(theirs);
  const changes = new Map<string, { mode: string; oid: string } | null>();
  for (const path of new Set([...before.keys(), ...there.keys()])) {
    const was = before.get(path)?.oid;
    const mine = here.get(path)?.oid;
    const other = there.get(path);
    if (other?.oid === was || other?.oid === mine) continue;
    if (mine !== was) return undefined;
    changes.set(path, other ?? null);
  }
  return changeTree(repository, readCommit(repository, ours).tree, changes);
}
