import { applyPatch, structuredPatch } from "diff";
import { changeTree, mergeBase, putObject, walkTree, treeOf } from "./repository-git.ts";
import type { Repository } from "../state/repository.ts";

/**
 * The tree of a three-way merge of two commits, file by file; undefined if both sides changed the same
 * lines, or neighbouring ones.
 */
export function mergeTrees(
  repository: Repository,
  ours: string,
  theirs: string,
  base = mergeBase(repository, ours, theirs),
): string | undefined {
  const filesOf = (commit: string | undefined) =>
    new Map(
      commit === undefined
        ? []
        : walkTree(repository, treeOf(repository, commit)).map(
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
    if (mine === was) changes.set(path, other ?? null);
    else {
      const oid = mergeTexts(repository, was, mine, other?.oid);
      if (oid === undefined || other === undefined) return undefined;
      changes.set(path, { mode: other.mode, oid });
    }
  }
  return changeTree(repository, treeOf(repository, ours), changes);
}

/** The text with the changes of both sides; undefined if they conflict, or one is no text. */
function mergeTexts(
  repository: Repository,
  ...oids: readonly [was: string | undefined, mine: string | undefined, other: string | undefined]
): string | undefined {
  const texts = oids.flatMap((oid) => {
    const object = oid === undefined ? undefined : repository.objects.get(oid);
    const text = object?.type === "blob" ? Buffer.from(object.body).toString("utf8") : undefined;
    return text === undefined || text.includes("\0") ? [] : [text];
  });
  const [was, mine, other] = texts;
  if (was === undefined || mine === undefined || other === undefined) return undefined;
  const add = (now: string, to: string): string | false =>
    applyPatch(to, structuredPatch("", "", was, now, "", "", { context: 1 }), {
      autoConvertLineEndings: false,
    });
  const merged = add(other, mine);
  // The patch looks for other places, too; then the result depends on the order.
  if (merged === false || merged !== add(mine, other)) return undefined;
  return putObject(repository, { type: "blob", body: Buffer.from(merged) });
}
