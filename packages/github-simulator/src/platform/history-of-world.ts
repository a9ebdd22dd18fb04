import type { ActionsHost, GitHistory } from "../actions/host/actions-host.ts";
import type { GitObject, Repository } from "../world/state/repository.ts";
import { peelTag, readCommit, readTree } from "../world/objects/repository-git.ts";
import type { World } from "../world/world.ts";

/** The part of a repository's history that a job's checkout receives. */
export function historyOfWorld(world: World): Required<Pick<ActionsHost, "history">> {
  return {
    history(owner, repo, sha, { depth, tags }) {
      const repository = world.repository(`${owner}/${repo}`);
      const refs = [...repository.refs].filter(
        ([ref, oid]) =>
          !ref.startsWith("refs/pull/") &&
          (depth === 0 ||
            peelTag(repository, oid) === sha ||
            (tags && ref.startsWith("refs/tags/"))),
      );
      const found = createCollection(repository);
      for (const [, oid] of refs) found.addTag(oid);
      const tips = [sha, ...refs.map(([, oid]) => peelTag(repository, oid))];
      return { refs: new Map(refs), ...found.collect(tips, depth === 0 ? Infinity : depth) };
    },
  };
}

function createCollection(repository: Repository) {
  const objects = new Map<string, GitObject>();
  /** @returns whether it exists and was not added before */
  const add = (oid: string, type: GitObject["type"]): boolean => {
    const object = repository.objects.get(oid);
    if (object?.type !== type || objects.has(oid)) return false;
    objects.set(oid, object);
    return true;
  };
  const addTree = (oid: string): void => {
    if (!add(oid, "tree")) return;
    for (const entry of readTree(repository, oid)) {
      if (!add(entry.oid, "blob")) addTree(entry.oid);
    }
  };
  return {
    addTag(oid: string): void {
      const object = repository.objects.get(oid);
      if (object?.type === "tag") objects.set(oid, object);
    },
    /** Adds commits up to a depth, breadth first, so that each is reached by the shortest way. */
    collect(tips: readonly string[], depth: number): Pick<GitHistory, "objects" | "shallow"> {
      const shallow: string[] = [];
      let level = new Set(tips);
      for (let at = 1; level.size > 0; at += 1) {
        const next = new Set<string>();
        for (const oid of level) {
          if (!add(oid, "commit")) continue;
          const { tree, parents } = readCommit(repository, oid);
          addTree(tree);
          if (at < depth) for (const parent of parents) next.add(parent);
          else if (parents.some((parent) => !objects.has(parent))) shallow.push(oid);
        }
        level = next;
      }
      return { objects, shallow };
    },
  };
}
