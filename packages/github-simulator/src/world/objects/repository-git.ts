import {
  encodeTree,
  isFolder,
  objectId,
  parseCommit,
  parseTree,
  type CommitContent,
  type TreeEntry,
} from "./git-objects.ts";
import type { GitObject, Repository } from "../state/repository.ts";

export const noObject = "0".repeat(40);

export function putObject(repository: Repository, object: GitObject): string {
  const oid = objectId(object);
  repository.objects.set(oid, object);
  return oid;
}

export function isEmpty(repository: Repository): boolean {
  return ![...repository.refs.keys()].some((ref) => ref.startsWith("refs/heads/"));
}

export function branchHead(repository: Repository, branch: string): string | undefined {
  return repository.refs.get(`refs/heads/${branch}`);
}

export function branchNames(repository: Repository): string[] {
  return namesBelow(repository, "refs/heads/");
}

export function tagNames(repository: Repository): string[] {
  return namesBelow(repository, "refs/tags/");
}

function namesBelow(repository: Repository, prefix: string): string[] {
  return [...repository.refs.keys()]
    .filter((ref) => ref.startsWith(prefix))
    .map((ref) => ref.slice(prefix.length))
    .sort();
}

/**
 * The object that a branch, tag, full ref, `HEAD`, or a full or shortened id (7 or more digits)
 * names; an annotated tag is followed to its target.
 */
export function resolveRevision(repository: Repository, revision: string): string | undefined {
  const { refs, objects, defaultBranch } = repository;
  const name = revision === "HEAD" ? defaultBranch : revision;
  const byRef =
    refs.get(`refs/heads/${name}`) ??
    refs.get(`refs/tags/${name}`) ??
    refs.get(name.startsWith("refs/") ? name : `refs/${name}`);
  if (byRef !== undefined) return peelTag(repository, byRef);
  if (!/^[0-9a-f]{7,40}$/.test(name)) return undefined;
  const oid = objects.has(name) ? name : [...objects.keys()].find((key) => key.startsWith(name));
  return oid === undefined ? undefined : peelTag(repository, oid);
}

/** Resolves an annotated tag to the object that it names. */
export function peelTag(repository: Repository, oid: string): string {
  const object = repository.objects.get(oid);
  if (object?.type !== "tag") return oid;
  return peelTag(repository, Buffer.from(object.body).toString("utf8", 7, 47));
}

/** The commit of a revision; undefined if there is none. */
export function resolveCommit(repository: Repository, revision: string): string | undefined {
  const oid = resolveRevision(repository, revision);
  return oid !== undefined && repository.objects.get(oid)?.type === "commit" ? oid : undefined;
}

export function readCommit(repository: Repository, oid: string): CommitContent {
  return parseCommit(bodyOf(repository, oid, "commit"));
}

/** The tree of a commit. */
export function treeOf(repository: Repository, commit: string): string {
  return readCommit(repository, commit).tree;
}

export function readTree(repository: Repository, oid: string): TreeEntry[] {
  return parseTree(bodyOf(repository, oid, "tree"));
}

export function readBlob(repository: Repository, oid: string): Buffer {
  return Buffer.from(bodyOf(repository, oid, "blob"));
}

/** Bytes of a file; a submodule has none. */
export function sizeOf(repository: Repository, { oid }: TreeEntry): number {
  const object = repository.objects.get(oid);
  return object?.type === "blob" ? object.body.length : 0;
}

function bodyOf(repository: Repository, oid: string, type: GitObject["type"]): Uint8Array {
  const object = repository.objects.get(oid);
  if (object?.type !== type) throw new Error(`${repository.name} holds no ${type} ${oid}`);
  return object.body;
}

/** The entry at a path below a tree; the empty path is the tree itself. */
export function entryAt(repository: Repository, tree: string, path: string): TreeEntry | undefined {
  let entry: TreeEntry | undefined = { mode: "040000", name: "", oid: tree };
  for (const name of path.split("/").filter((part) => part !== "")) {
    if (entry === undefined || !isFolder(entry)) return undefined;
    entry = readTree(repository, entry.oid).find((child) => child.name === name);
  }
  return entry;
}

/** Every file of a tree by path, in git's order; with `folders`, the folders too. */
export function walkTree(
  repository: Repository,
  tree: string,
  options: { folders?: boolean } = {},
  prefix = "",
): (TreeEntry & { path: string })[] {
  return readTree(repository, tree).flatMap((entry) => {
    const path = prefix + entry.name;
    if (!isFolder(entry)) return [{ ...entry, path }];
    const below = walkTree(repository, entry.oid, options, `${path}/`);
    return options.folders ? [{ ...entry, path }, ...below] : below;
  });
}

/** New contents by path, or null to delete the file; an object may keep a mode or an oid. */
export type Changes = ReadonlyMap<string, { mode: string; oid: string } | null>;

/** The tree after the changes. Empty folders disappear. */
export function changeTree(
  repository: Repository,
  tree: string | undefined,
  changes: Changes,
): string {
  const entries = new Map(
    tree === undefined ? [] : readTree(repository, tree).map((entry) => [entry.name, entry]),
  );
  const below = new Map<string, Map<string, { mode: string; oid: string } | null>>();
  for (const [path, change] of changes) {
    const slash = path.indexOf("/");
    if (slash >= 0) {
      const folder = path.slice(0, slash);
      below.set(
        folder,
        (below.get(folder) ?? new Map<string, { mode: string; oid: string } | null>()).set(
          path.slice(slash + 1),
          change,
        ),
      );
    } else if (change === null) {
      entries.delete(path);
    } else {
      entries.set(path, { ...change, name: path });
    }
  }
  for (const [name, inner] of below) {
    const existing = entries.get(name);
    const base = existing !== undefined && isFolder(existing) ? existing.oid : undefined;
    const oid = changeTree(repository, base, inner);
    if (readTree(repository, oid).length === 0) entries.delete(name);
    else entries.set(name, { mode: "040000", name, oid });
  }
  return putObject(repository, encodeTree([...entries.values()]));
}

/** Commits from `oid` back through all parents, newest first. */
export function history(repository: Repository, oid: string): string[] {
  const seen = new Set<string>();
  const waiting = [oid];
  const found: { oid: string; date: string; order: number }[] = [];
  while (waiting.length > 0) {
    const next = waiting.shift() as string;
    if (seen.has(next)) continue;
    seen.add(next);
    const commit = readCommit(repository, next);
    found.push({ oid: next, date: commit.committer.date, order: found.length });
    waiting.push(...commit.parents);
  }
  return found
    .sort((a, b) => (a.date === b.date ? a.order - b.order : a.date < b.date ? 1 : -1))
    .map((commit) => commit.oid);
}

export function isAncestor(repository: Repository, ancestor: string, oid: string): boolean {
  return history(repository, oid).includes(ancestor);
}

/** Whether a ref may move there without force: from a commit to one of its descendants. */
export function isFastForward(repository: Repository, before: string, after: string): boolean {
  const [from, to] = [peelTag(repository, before), peelTag(repository, after)];
  const areCommits = [from, to].every((oid) => repository.objects.get(oid)?.type === "commit");
  return areCommits && isAncestor(repository, from, to);
}

/** The newest commit in both histories. */
export function mergeBase(repository: Repository, a: string, b: string): string | undefined {
  const ofB = new Set(history(repository, b));
  return history(repository, a).find((oid) => ofB.has(oid));
}
