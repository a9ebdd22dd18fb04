import type { ActionsHost } from "../actions/host/actions-host.ts";
import { changesOf, compareCommits } from "../world/objects/compare-trees.ts";
import {
  entryAt,
  mergeBase,
  readBlob,
  readCommit,
  readTree,
  resolveCommit,
  walkTree,
  treeOf,
} from "../world/objects/repository-git.ts";
import type { World } from "../world/world.ts";

type Files = Pick<
  ActionsHost,
  | "resolveRef"
  | "readFile"
  | "listFiles"
  | "readTree"
  | "changedFiles"
  | "changedSinceBase"
  | "commit"
>;

/** The part of a repository's commits that the runner reads. */
export function filesOfWorld(world: World): Files {
  const open = (owner: string, repo: string) => world.repository(`${owner}/${repo}`);
  return {
    resolveRef(owner, repo, ref) {
      const repository = world.followRepository(owner, repo);
      return repository && resolveCommit(repository, ref);
    },
    readFile: (owner, repo, sha, path) =>
      world.readFile(open(owner, repo), sha, path)?.toString("utf8"),
    listFiles(owner, repo, sha, folder) {
      const repository = open(owner, repo);
      const entry = entryAt(repository, treeOf(repository, sha), folder);
      if (entry === undefined || repository.objects.get(entry.oid)?.type !== "tree") return [];
      return readTree(repository, entry.oid)
        .filter(({ oid }) => repository.objects.get(oid)?.type === "blob")
        .map(({ name }) => `${folder}/${name}`);
    },
    readTree(owner, repo, sha) {
      const repository = open(owner, repo);
      return walkTree(repository, treeOf(repository, sha))
        .filter(({ oid }) => repository.objects.get(oid)?.type === "blob")
        .map(({ path, mode, oid }) => ({ path, mode, content: readBlob(repository, oid) }));
    },
    changedFiles(owner, repo, before, after) {
      const repository = open(owner, repo);
      const changes =
        before === undefined
          ? changesOf(repository, after)
          : compareCommits(repository, before, after);
      return changes.map(({ path }) => path);
    },
    changedSinceBase(owner, repo, base, head) {
      const repository = open(owner, repo);
      const from = mergeBase(repository, base, head) ?? base;
      return compareCommits(repository, from, head).map(({ path }) => path);
    },
    commit(owner, repo, sha) {
      const { tree, message, author, committer } = readCommit(open(owner, repo), sha);
      return { treeId: tree, message, date: new Date(committer.date), author };
    },
  };
}
