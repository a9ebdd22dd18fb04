import type { SecretNames } from "./read/credential.ts";
import { loginsOf, type Target } from "./read/logins.ts";
import type { Known } from "./read/possible-values.ts";
import { readRepository } from "./read/repository.ts";
import type { SourceFile } from "./read/source-file.ts";
import { applyEdits, type Change, type Edit, type EditKind } from "./repair/edit.ts";
import { repairCredential } from "./repair/repair-credential.ts";

export interface RepairOptions extends Partial<SecretNames> {
  /** Host of the registry; "ghcr.io" if absent. */
  readonly registry?: string;
  /** Values that stand in no file, such as those of `github` and `vars`. */
  readonly known?: Known;
}

/** What is, or would be, changed in a file, and what is left for a person. */
export interface RepairedFile {
  readonly path: string;
  /** After the edits. */
  readonly text: string;
  readonly edits: readonly AppliedEdit[];
  readonly unresolved: readonly {
    readonly line: number;
    readonly reason: string;
    readonly fix: string;
  }[];
}

export interface AppliedEdit {
  /** Line, from 1, of the text before the edits. What is added comes behind this line. */
  readonly line: number;
  readonly kind: EditKind;
  /** The lines before, without their ends; empty where lines are added only. */
  readonly before: string;
  readonly after: string;
}

/**
 * Makes the workflows of a repository publish with the wanted credential, and changes nothing else in
 * them.
 *
 * @param files path from the repository's root, with slashes, to text: its workflows and local actions
 */
export function repairWorkflows(
  files: Readonly<Record<string, string>>,
  options: RepairOptions = {},
): RepairedFile[] {
  const repository = readRepository(files);
  const target: Target = {
    repository,
    known: options.known ?? {},
    registry: options.registry ?? "ghcr.io",
  };
  const names = { secret: options.secret ?? "GHCR_PAT", replaced: options.replaced ?? [] };
  const changes = repository.jobs.flatMap((job) =>
    loginsOf(target, job).flatMap((login) => repairCredential({ target, names }, login)),
  );
  return repository.files.map((file) => repairedFile(file, changes));
}

function repairedFile(file: SourceFile, changes: readonly Change[]): RepairedFile {
  const edits = uniqueEdits(
    changes.flatMap((change) =>
      "edit" in change && change.edit.file === file ? [change.edit] : [],
    ),
  );
  const unresolved = changes.flatMap((change) =>
    "unresolved" in change && change.unresolved.file === file ? [change.unresolved] : [],
  );
  return {
    path: file.path,
    text: applyEdits(file.text, edits),
    edits: edits.map((edit) => applied(file, edit)),
    unresolved: unresolved.map(({ line, reason, fix }) => ({ line, reason, fix })),
  };
}

function uniqueEdits(edits: readonly Edit[]): Edit[] {
  const unique = new Map(edits.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit]));
  return [...unique.values()].toSorted((one, other) => one.start - other.start);
}

function applied({ text, lineAt }: SourceFile, edit: Edit): AppliedEdit {
  const start = text.lastIndexOf("\n", edit.start - 1) + 1;
  const newline = text.indexOf("\n", edit.end);
  const end = newline < 0 ? text.length : newline;
  const before = text.slice(start, end);
  const after = text.slice(start, edit.start) + edit.text + text.slice(edit.end, end);
  return { line: lineAt(edit.start), kind: edit.kind, before: lines(before), after: lines(after) };
}

function lines(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/[\r\n]+$/, "");
}
