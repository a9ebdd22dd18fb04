import { wantedCredential, type SecretNames } from "./read/credential.ts";
import type { Login, Target } from "./read/logins.ts";
import type { Known } from "./read/possible-values.ts";
import { readJob } from "./read/read-jobs.ts";
import { readRepository, type Job } from "./read/repository.ts";
import type { SourceFile } from "./read/source-file.ts";
import type { Repairing } from "./repair/credential-place.ts";
import { applyEdits, type Change, type Edit, type EditKind } from "./repair/edit.ts";
import { needPackages } from "./repair/need-packages.ts";
import { passSecret } from "./repair/pass-secret.ts";
import { traceLogin } from "./repair/trace-login.ts";

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
  const changes = repository.jobs.flatMap((job) => repairJob({ target, names }, job));
  return repository.files.map((file) => repairedFile(file, changes));
}

function repairJob(repairing: Repairing, job: Job): Change[] {
  const { target, names } = repairing;
  const reading = readJob(target, names, job);
  if (reading.publishes === "no") return [];
  return reading.logins.flatMap((login): Change[] => {
    if (reading.publishes === "unknown") return [unsure(repairing, login)];
    if (login.registry !== "sure") return [unresolvedRegistry(repairing, login)];
    const { changes, holders } = traceLogin(repairing, login);
    if (holders.length === 0) return [...changes];
    return [
      ...changes,
      ...holders.flatMap((holder) => passSecret(target.repository, names, holder.file)),
      ...needPackages(target.repository, job),
    ];
  });
}

function unsure({ target, names }: Repairing, { step, line }: Login): Change {
  return {
    unresolved: {
      file: step.file,
      line,
      reason: `nothing says whether the programs of this job push to ${target.registry}`,
      fix: `where they do:\npassword: ${wantedCredential(names)}`,
    },
  };
}

function unresolvedRegistry({ target, names }: Repairing, { step, line, registry }: Login): Change {
  return {
    unresolved: {
      file: step.file,
      line,
      reason:
        registry === "one-of"
          ? `this login serves ${target.registry} and other registries`
          : "the registry of this login is only known in the run",
      fix: `in a login to ${target.registry} of its own:\npassword: ${wantedCredential(names)}`,
    },
  };
}

function repairedFile(file: SourceFile, changes: readonly Change[]): RepairedFile {
  const edits = uniqueEdits(
    changes.flatMap((change) =>
      "edit" in change && change.edit.file === file ? [change.edit] : [],
    ),
  );
  const unresolved = new Map(
    changes.flatMap((change) =>
      "unresolved" in change && change.unresolved.file === file
        ? [[`${change.unresolved.line} ${change.unresolved.reason}`, change.unresolved] as const]
        : [],
    ),
  );
  return {
    path: file.path,
    text: applyEdits(file.text, edits),
    edits: edits.map((edit) => applied(file, edit)),
    unresolved: [...unresolved.values()]
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, reason, fix }) => ({ line, reason, fix })),
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
