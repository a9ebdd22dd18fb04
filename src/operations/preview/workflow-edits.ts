import type { WorkflowEdit as Edit } from "../../properties/repository-publishing.ts";
import type { Properties } from "./event-log.ts";
import { listIn } from "./recorded-lists.ts";
import type { FileChange, PropertyChange } from "./stack-preview.ts";

/** The edits that an update of workflow files makes, in the inputs that `check` made. */
export function editsOf(inputs: Properties | undefined): Edit[] {
  return listIn(inputs, "edits");
}

/** The edits that a branch needs again, in a state that a refresh wrote. */
export function pendingOf(outputs: Properties | undefined): Edit[] {
  return listIn(outputs, "pending");
}

/** The edits that are not in `others`; line numbers are ignored, because lines move. */
export function withoutEdits(edits: readonly Edit[], others: readonly Edit[]): Edit[] {
  const keyOf = ({ file, before, after }: Edit) => JSON.stringify([file, before, after]);
  const known = new Set(others.map(keyOf));
  return edits.filter((edit) => !known.has(keyOf(edit)));
}

/** The edit that reverts this one. */
export function asReverted({ before, after, ...place }: Edit): Edit {
  return { ...place, before: after, after: before };
}

/** Each file with a hunk for each edit, sorted by path. */
export function editedFiles(edits: readonly Edit[], kind: FileChange["kind"]): FileChange[] {
  const paths = [...new Set(edits.map(({ file }) => file))].sort();
  return paths.map((path) => {
    const hunks = edits.filter(({ file }) => file === path).map(hunkOf);
    const sum = (side: "added" | "removed") => hunks.reduce((all, hunk) => all + hunk[side], 0);
    const diff = hunks.map(({ text }) => text).join("\n");
    return { path, kind, added: sum("added"), removed: sum("removed"), diff };
  });
}

function hunkOf({ line, before, after }: Edit) {
  const old = before === "" ? [] : before.split("\n");
  const next = after === "" ? [] : after.split("\n");
  const head = `@@ -${line},${old.length} +${line},${next.length} @@`;
  const lines = [...old.map((each) => `-${each}`), ...next.map((each) => `+${each}`)];
  return { text: [head, ...lines].join("\n"), added: next.length, removed: old.length };
}

/** The decision about the workflows of a repository, if it is new. */
export function decisionOf(before: Properties | undefined, after: Properties): PropertyChange[] {
  const { mode, why } = after;
  if (typeof mode !== "string" || typeof why !== "string") return [];
  // A state of an earlier version holds templates.
  const known = typeof before?.["mode"] === "string" ? before["mode"] : "template";
  if (before && known === mode) return [];
  return [{ path: "workflows", ...(before && { before: known }), after: `${mode} (${why})` }];
}
