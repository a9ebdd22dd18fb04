import type { Node } from "yaml";
import { readSourceFile, type SourceFile } from "../read/source-file.ts";
import type { Splice } from "./insert-entry.ts";

interface Leaf {
  readonly value: string;
  /** Offset in the text. */
  readonly start: number;
}

/**
 * Whether edits changed the meaning of a file outside of their lines, or left no YAML: a bug of ours, which
 * must not reach a file.
 */
export function changedElsewhere(
  before: SourceFile,
  edits: readonly Splice[],
  text: string,
): boolean {
  const after = readSourceFile(before.path, text);
  if (after.problem) return true;
  const oldLines = new Set<number>();
  const freshLines = new Set<number>();
  const added: { from: number; to: number }[] = [];
  let moved = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    const from = edit.start + moved;
    const to = from + edit.text.length;
    added.push({ from, to });
    for (const line of range(before.lineAt(edit.start), before.lineAt(edit.end)))
      oldLines.add(line);
    for (const line of range(after.lineAt(from), after.lineAt(to))) freshLines.add(line);
    moved += edit.text.length - (edit.end - edit.start);
  }
  const isAdded = (item: Node) => {
    const start = item.range?.[0] ?? 0;
    return added.some(({ from, to }) => start >= from && start < to);
  };
  const old = leavesOf(before, () => false);
  const fresh = leavesOf(after, isAdded);
  const isGone = [...old].some(([path, leaf]) => !fresh.has(path) && !isOn(before, leaf, oldLines));
  const isOther = [...fresh].some(
    ([path, leaf]) => old.get(path)?.value !== leaf.value && !isOn(after, leaf, freshLines),
  );
  return isGone || isOther;
}

function isOn(
  { lineAt }: SourceFile,
  { start, value }: Leaf,
  edited: ReadonlySet<number>,
): boolean {
  return range(lineAt(start), lineAt(start + value.length)).some((line) => edited.has(line));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_each, index) => from + index);
}

/** Each key and each scalar of a file by its path, as it is written, without added items of lists. */
function leavesOf(
  { root, yaml, text }: SourceFile,
  isAdded: (item: Node) => boolean,
): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const add = (path: string, node: Node) => {
    const [start, end] = node.range ?? [0, 0];
    leaves.set(path, { value: text.slice(start, end).trimEnd(), start });
  };
  const walk = (node: Node | undefined, path: string): void => {
    const entries = yaml.entries(node);
    const items = yaml.items(node).filter((item) => !isAdded(item));
    for (const { key, keyNode, value } of entries) {
      add(`${path}/${key}:`, keyNode);
      walk(value, `${path}/${key}`);
    }
    for (const [index, item] of items.entries()) walk(item, `${path}/${index}`);
    if (node && entries.length === 0 && items.length === 0) add(path, node);
  };
  walk(root, "");
  return leaves;
}
