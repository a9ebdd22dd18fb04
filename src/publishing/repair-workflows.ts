import { pastedPasswords, withoutPasswords } from "./pasted-secrets.ts";
import { openRepository, type PublishingOptions } from "./read/open-repository.ts";
import type { SourceFile } from "./read/source-file.ts";
import { applyEdits, type Edit, type EditKind } from "./repair/edit.ts";
import { repairJob } from "./repair/repair-job.ts";
import {
  onlyFor,
  settleChanges,
  type Settled,
  type SettledEdit,
  type SettledReport,
} from "./repair/settle-changes.ts";
import { withoutUnsafe } from "./repair/without-unsafe.ts";

export interface RepairOptions extends PublishingOptions {
  /** Whether a second login, with the job's own token, follows one that failed. */
  readonly deadPatFallback?: boolean;
  /** The files to repair, with what has to change with them in others; all if absent. */
  readonly only?: ReadonlySet<string>;
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
  /** Scripts and targets that it runs and that are not read, with the secrets that they get. */
  readonly scripts: readonly {
    readonly line: number;
    readonly runs: string;
    readonly secrets: readonly string[];
  }[];
  /** Whether it also needs a repair, though it was not named. */
  readonly isLeftOut: boolean;
}

export interface AppliedEdit {
  /** Line, from 1, of the text before the edits. What is added comes behind this line. */
  readonly line: number;
  readonly kind: EditKind;
  /** The lines before, without their ends and pasted secrets; empty where lines are added only. */
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
  const { target, names } = openRepository(files, options);
  const { repository } = target;
  const jobs = repository.jobs.map((job) =>
    repairJob({ target, names, deadPatFallback: options.deadPatFallback === true }, job),
  );
  const all = settleChanges(
    jobs.flatMap(({ repairs }) => repairs),
    jobs.flatMap(({ carriers }) => carriers),
  );
  const { only } = options;
  const settled = withoutUnsafe(only ? onlyFor(all, only) : all);
  const wanted = [...all.edits, ...all.unresolved].map(fileOf);
  const done = [...settled.edits, ...settled.unresolved].map(fileOf);
  const scripts = repository.jobs.flatMap(({ steps }) => steps.map(({ run }) => run?.value ?? ""));
  const passwords = settled.edits.length > 0 ? scripts.flatMap(pastedPasswords) : [];
  return repository.files.map((file) => {
    const isLeftOut = wanted.includes(file) && !done.includes(file);
    const own = jobs.flatMap((job) => job.scripts).filter((script) => script.file === file);
    const unread = own.map(({ line, runs, secrets }) => ({ line, runs, secrets }));
    return { ...repairedFile(file, settled, passwords), scripts: unread, isLeftOut };
  });
}

function fileOf(each: SettledEdit | SettledReport): SourceFile {
  return "edit" in each ? each.edit.file : each.unresolved.file;
}

function repairedFile(
  file: SourceFile,
  settled: Settled,
  passwords: readonly string[],
): Omit<RepairedFile, "scripts" | "isLeftOut"> {
  const edits = settled.edits.map(({ edit }) => edit).filter((edit) => edit.file === file);
  const unresolved = settled.unresolved
    .map((each) => each.unresolved)
    .filter((each) => each.file === file);
  const problems =
    file.problem && looksLikeWorkflow(file)
      ? [{ ...file.problem, fix: "repair the file by hand" }]
      : [];
  return {
    path: file.path,
    text: applyEdits(file.text, edits),
    edits: byLines(file, edits)
      .flatMap((each) => applied(file, each))
      .map(({ before, after, ...edit }) => ({
        ...edit,
        before: withoutPasswords(before, passwords),
        after: withoutPasswords(after, passwords),
      })),
    unresolved: [...problems, ...unresolved]
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, reason, fix }) => ({ line, reason, fix })),
  };
}

/** Whether a file that cannot be read has the keys of a workflow or of an action. */
function looksLikeWorkflow({ text }: SourceFile): boolean {
  return /^\s*["']?(?:on|jobs|runs)["']?\s*:/m.test(text);
}

/** Edits that share a line are one: neither of them alone ever stands in the file. */
function byLines(file: SourceFile, edits: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const isShared =
      last !== undefined &&
      !addsLines(file, last) &&
      !addsLines(file, edit) &&
      file.lineAt(last.end) === file.lineAt(edit.start);
    if (isShared) group?.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

/** Lines that are added come behind one that stays as it is. */
function addsLines({ text }: SourceFile, { start, end, text: added }: Edit): boolean {
  return start === end && /^\r?\n/.test(added) && isEndOfLine(text, start);
}

function applied(file: SourceFile, edits: readonly Edit[]): AppliedEdit[] {
  const [first, last] = [edits[0], edits.at(-1)];
  if (!first || !last) return [];
  const { text } = file;
  const { kind } = first;
  const line = file.lineAt(first.start);
  if (addsLines(file, first))
    return [{ line, kind, before: "", after: plainLines(first.text.replace(/^\r?\n/, "")) }];
  const from = text.lastIndexOf("\n", first.start - 1) + 1;
  const newline = text.indexOf("\n", last.end);
  const before = text.slice(from, newline < 0 ? text.length : newline);
  const moved = edits.map((edit) => ({
    text: edit.text,
    start: edit.start - from,
    end: edit.end - from,
  }));
  const after = applyEdits(before, moved);
  return [{ line, kind, before: plainLines(before), after: plainLines(after) }];
}

function isEndOfLine(text: string, at: number): boolean {
  return at === text.length || /^\r?\n/.test(text.slice(at, at + 2));
}

function plainLines(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/^\uFEFF/, "")
    .replace(/[\r\n]+$/, "");
}
