import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";
import type { FileChange } from "./stack-preview.ts";

/** Path to text. */
export type Texts = Readonly<Record<string, string>>;

/** The files that differ, sorted by path, each with its hunks. */
export function diffFiles(before: Texts, after: Texts): FileChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path) => {
    const [old, next] = [before[path], after[path]];
    return old === next ? [] : [compareTexts(path, old, next)];
  });
}

function compareTexts(path: string, old: string | undefined, next: string | undefined): FileChange {
  const patch = structuredPatch(path, path, old ?? "", next ?? "", "", "", { context: 3 });
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return {
    path,
    kind: old === undefined ? "added" : next === undefined ? "removed" : "changed",
    added: count("+"),
    removed: count("-"),
    diff: formatPatch(patch, OMIT_HEADERS).trimEnd(),
  };
}
