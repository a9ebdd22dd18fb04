import { diffArrays } from "diff";
import { isSubmodule, type TreeEntry } from "./git-objects.ts";
import { readBlob, readCommit, walkTree, treeOf } from "./repository-git.ts";
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
function compareTrees(
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

export function compareCommits(repository: Repository, from: string, to: string): FileChange[] {
  return compareTrees(repository, treeOf(repository, from), treeOf(repository, to));
}

/** The changes of a commit compared with its first parent. */
export function changesOf(repository: Repository, oid: string): FileChange[] {
  const { tree, parents } = readCommit(repository, oid);
  const before = parents[0] === undefined ? undefined : treeOf(repository, parents[0]);
  return compareTrees(repository, before, tree);
}

/** The lines of several changes together. */
export function countAll(changes: readonly FileChange[]): { additions: number; deletions: number } {
  const sum = (what: "additions" | "deletions") =>
    changes.reduce((total, change) => total + change[what], 0);
  return { additions: sum("additions"), deletions: sum("deletions") };
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

/** Added and deleted lines of the shortest edit. */
function countLines(before: string[], after: string[]): { additions: number; deletions: number } {
  const parts = diffArrays(before, after);
  const sum = (what: "added" | "removed") =>
    parts.reduce((total, part) => total + (part[what] ? part.count : 0), 0);
  return { additions: sum("added"), deletions: sum("removed") };
}
