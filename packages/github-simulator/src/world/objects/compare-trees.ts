import { isSubmodule, type TreeEntry } from "./git-objects.ts";
import { readBlob, readCommit, walkTree } from "./repository-git.ts";
import type { Repository } from "../state/repository.ts";

export interface FileChange {
  path: string;
  status: "added" | "removed" | "modified";
  /** The file's blob: the new one, or the removed one. */
  oid: string;
  additions: number;
  deletions: number;
  /** The old and the new file; absent if there was or is none. */
  before: TreeEntry | undefined;
  after: TreeEntry | undefined;
}

/** The changes between two trees; without the first one, everything is new. */
export function compareTrees(
  repository: Repository,
  before: string | undefined,
  after: string,
): FileChange[] {
  const old = filesByPath(repository, before);
  const now = filesByPath(repository, after);
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const was = old.get(path);
    const is = now.get(path);
    if (was?.oid === is?.oid && was?.mode === is?.mode) return [];
    const { additions, deletions } = countLines(linesOf(repository, was), linesOf(repository, is));
    const status = was === undefined ? "added" : is === undefined ? "removed" : "modified";
    return [
      { path, status, oid: (is ?? was)?.oid ?? "", additions, deletions, before: was, after: is },
    ];
  });
}

/** The changes of a commit compared with its first parent. */
export function changesOf(repository: Repository, oid: string): FileChange[] {
  const { tree, parents } = readCommit(repository, oid);
  const parent = parents[0];
  const before = parent === undefined ? undefined : readCommit(repository, parent).tree;
  return compareTrees(repository, before, tree);
}

function filesByPath(repository: Repository, tree: string | undefined): Map<string, TreeEntry> {
  if (tree === undefined) return new Map();
  return new Map(walkTree(repository, tree).map((entry) => [entry.path, entry]));
}

function linesOf(repository: Repository, entry: TreeEntry | undefined): string[] {
  if (entry === undefined || isSubmodule(entry)) return [];
  const lines = readBlob(repository, entry.oid).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Added and deleted lines of the shortest edit, by the longest common subsequence. */
function countLines(before: string[], after: string[]): { additions: number; deletions: number } {
  let previous = new Uint32Array(after.length + 1);
  for (const line of before) {
    const current = new Uint32Array(after.length + 1);
    for (let at = 1; at <= after.length; at += 1) {
      current[at] =
        line === after[at - 1]
          ? (previous[at - 1] ?? 0) + 1
          : Math.max(previous[at] ?? 0, current[at - 1] ?? 0);
    }
    previous = current;
  }
  const common = previous[after.length] ?? 0;
  return { additions: after.length - common, deletions: before.length - common };
}
