import type { Node } from "yaml";
import type { SourceFile } from "../read/source-file.ts";

/** What an edit is about. */
export type EditKind =
  /** The password of a login. */
  | "credential"
  /** `packages: write` of a job or a workflow. */
  | "permissions"
  /** The secret that a reusable workflow declares, or that its caller passes. */
  | "secret"
  /** The second login, with the job's own token. */
  | "fallback";

/** A change of one place in a file. */
export interface Edit {
  readonly file: SourceFile;
  readonly kind: EditKind;
  /** What is replaced, as offsets of the file's text; nothing where both are the same. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The node that changes, which aliases may bring to other places, too. */
  readonly node: Node;
  /** Who needs the change: as many as the file brings the node to, or it would change others. */
  readonly claimant: object;
  /** The inputs and secrets that bring a credential to its login: nothing else may use them. */
  readonly through?: readonly Through[];
  /** The jobs that share what changes, and what one of them gets itself unless all of them need it. */
  readonly shared?: { readonly among: readonly Node[]; readonly own: Edit } | undefined;
}

/** An input of an action, or a secret of a reusable workflow. */
export interface Through {
  readonly file: SourceFile;
  readonly context: "inputs" | "secrets";
  readonly name: string;
}

/** A scalar that the password of a login stands in, or comes through. */
export interface Carrier {
  readonly file: SourceFile;
  readonly node: Node;
}

/** What is not repaired. */
export interface Unresolved {
  readonly file: SourceFile;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** The lines to type, or what to do. */
  readonly fix: string;
}

/** What has to be done for one thing that is needed; nothing where all is right. */
export type Change = { readonly edit: Edit } | { readonly unresolved: Unresolved };

/** The changes that belong together, in one file or in several: what one login needs, for example. */
export interface Repair {
  /** The files in which the login stands, or is used: a job's, and a local action's. */
  readonly files: readonly SourceFile[];
  readonly changes: readonly Change[];
}

/** The text after its edits; everything between them stays as it is. */
export function applyEdits(
  text: string,
  edits: readonly Pick<Edit, "start" | "end" | "text">[],
): string {
  let result = "";
  let at = 0;
  for (const edit of edits.toSorted(
    (one, other) => one.start - other.start || one.end - other.end,
  )) {
    if (edit.start < at) throw new Error("two edits of one file overlap");
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
