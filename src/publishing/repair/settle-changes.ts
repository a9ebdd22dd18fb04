import type { SourceFile } from "../read/source-file.ts";
import type { Carrier, Change, Edit, Through, Unresolved } from "./edit.ts";

export interface Settled {
  readonly edits: readonly Edit[];
  readonly unresolved: readonly Unresolved[];
}

/**
 * The edits that change nothing but what they are for. The others are left to a person: in a file that a
 * program writes, where an alias brings the place to others, too, and where an input serves more than a
 * login.
 */
export function settleChanges(changes: readonly Change[], carriers: readonly Carrier[]): Settled {
  const edits = new Map<string, { edit: Edit; claimants: Set<object>; through: Set<Through> }>();
  const unresolved = new Map<string, Unresolved>();
  const report = (each: Unresolved) =>
    unresolved.set(`${each.file.path} ${each.line} ${each.reason}`, each);
  for (const change of changes) {
    if ("unresolved" in change) report(change.unresolved);
    else {
      const { edit } = change;
      const key = `${edit.file.path} ${edit.start} ${edit.end} ${edit.text}`;
      const known = edits.get(key) ?? { edit, claimants: new Set(), through: new Set() };
      known.claimants.add(edit.claimant);
      for (const each of edit.through ?? []) known.through.add(each);
      edits.set(key, known);
    }
  }
  const settled: Edit[] = [];
  for (const { edit, claimants, through } of edits.values()) {
    const reason = obstacle(edit, claimants.size) ?? sharing(through, carriers);
    if (reason === undefined) settled.push(edit);
    else
      report({
        file: edit.file,
        line: edit.file.lineAt(edit.start),
        reason,
        fix: edit.text.trim(),
      });
  }
  return { edits: settled, unresolved: [...unresolved.values()] };
}

function obstacle({ file, node }: Edit, claims: number): string | undefined {
  if (file.generated !== undefined)
    return `a program writes this file (line ${file.generated} says so): change what it is made from`;
  return claims < file.yaml.timesReached(node)
    ? "an alias brings this to other places, too, which would change with it"
    : undefined;
}

function sharing(through: Iterable<Through>, carriers: readonly Carrier[]): string | undefined {
  const shared = [...through].find((each) => isUsedElsewhere(each, carriers));
  if (!shared) return undefined;
  const kind = shared.context === "inputs" ? "input" : "secret";
  return `the ${kind} ${shared.name} of ${shared.file.path} serves more than a login`;
}

/** Whether an expression outside of the carriers reads an input or a secret. */
function isUsedElsewhere({ file, context, name }: Through, carriers: readonly Carrier[]): boolean {
  const ranges = carriers
    .filter((carrier) => carrier.file === file)
    .map(({ node }) => node.range ?? ([0, 0, 0] as const));
  return occurrences(file, context, name).some(
    (at) => !ranges.some(([start, end]) => at >= start && at < end),
  );
}

function occurrences({ text }: SourceFile, context: string, name: string): number[] {
  const escaped = name.replaceAll(/[^\w-]/g, "");
  const pattern = new RegExp(`\\b${context}(?:\\.${escaped}(?![\\w-])|\\[\\s*'${escaped}')`, "gi");
  return [...text.matchAll(pattern)].map(({ index }) => index).filter((at) => !isComment(text, at));
}

function isComment(text: string, at: number): boolean {
  return /^\s*#/.test(text.slice(text.lastIndexOf("\n", at - 1) + 1, at));
}
