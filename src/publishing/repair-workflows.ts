import type { SecretNames } from "./read/credential.ts";
import type { Target } from "./read/logins.ts";
import type { Known } from "./read/possible-values.ts";
import { readRepository } from "./read/repository.ts";
import type { SourceFile } from "./read/source-file.ts";
import { applyEdits, type Edit, type EditKind } from "./repair/edit.ts";
import { repairJob } from "./repair/repair-job.ts";
import { settleChanges, type Settled } from "./repair/settle-changes.ts";

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
  const jobs = repository.jobs.map((job) => repairJob({ target, names }, job));
  const settled = settleChanges(
    jobs.flatMap(({ changes }) => changes),
    jobs.flatMap(({ carriers }) => carriers),
  );
  return repository.files.map((file) => repairedFile(file, settled));
}

function repairedFile(file: SourceFile, settled: Settled): RepairedFile {
  const edits = settled.edits
    .filter((edit) => edit.file === file)
    .toSorted((one, other) => one.start - other.start);
  const unresolved = settled.unresolved.filter((each) => each.file === file);
  const problems =
    file.problem && looksLikeWorkflow(file)
      ? [{ ...file.problem, fix: "repair the file by hand" }]
      : [];
  return {
    path: file.path,
    text: applyEdits(file.text, edits),
    edits: edits.map((edit) => applied(file, edit)),
    unresolved: [...problems, ...unresolved]
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, reason, fix }) => ({ line, reason, fix })),
  };
}

/** Of what cannot be read, only what has the keys of a workflow or of an action. */
function looksLikeWorkflow({ text }: SourceFile): boolean {
  return /^\s*["']?(?:on|jobs|runs)["']?\s*:/m.test(text);
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
