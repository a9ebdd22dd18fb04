import { possibleValues } from "./read/possible-values.ts";
import { ownEvents } from "./read/events.ts";
import { readRepository, type Job, type Repository } from "./read/repository.ts";
import type { SourceFile } from "./read/source-file.ts";
import { textOf } from "./read/yaml-reader.ts";

/** The name under which a job reports its check, as far as the file says it. */
interface CheckName {
  readonly pattern: RegExp;
  /** Whether it begins with an expression, so that it may be almost any name. */
  readonly isOpen: boolean;
}

/**
 * The required checks that the workflows report for pull requests, and no longer report after a change.
 *
 * @param before path to text: the workflows of the branch
 * @param after the same after the change
 * @param lostBefore checks that an earlier change took away
 */
export function lostChecks(
  required: readonly string[],
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  lostBefore: readonly string[] = [],
): string[] {
  const [former, next] = [checkNames(before), checkNames(after)];
  return required.filter((check) => {
    const known = reporting(check, former);
    const still = reporting(check, next);
    // A name that only a run knows does not stand in for one that was written out.
    return lostBefore.includes(check) || known.some(({ isOpen }) => !isOpen)
      ? still.every(({ isOpen }) => isOpen)
      : known.length > 0 && still.length === 0;
  });
}

/** The required checks that are reported for pull requests, and not for the groups of a merge queue. */
export function checksOutsideQueue(
  required: readonly string[],
  files: Readonly<Record<string, string>>,
): string[] {
  const ofPulls = checkNames(files);
  const ofGroups = namesForGroups(files);
  return required.filter(
    (check) => reporting(check, ofPulls).length > 0 && reporting(check, ofGroups).length === 0,
  );
}

/** Whether a check of pull requests may be missing in a merge queue: if not, nobody has to ask what is required. */
export function mayMissInQueue(files: Readonly<Record<string, string>>): boolean {
  return hasOthers(checkNames(files), namesForGroups(files));
}

/** Whether the change may take away a check: if not, nobody has to ask GitHub what is required. */
export function mayLoseChecks(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): boolean {
  return hasOthers(checkNames(before), checkNames(after));
}

function hasOthers(names: readonly CheckName[], known: readonly CheckName[]): boolean {
  const sources = new Set(known.map(({ pattern }) => pattern.source));
  return names.some(({ pattern }) => !sources.has(pattern.source));
}

function namesForGroups(files: Readonly<Record<string, string>>): CheckName[] {
  return checkNames(files, (file) => ownEvents(file).includes("merge_group"));
}

function reporting(check: string, names: readonly CheckName[]): CheckName[] {
  return names.filter(({ pattern }) => pattern.test(check));
}

function checkNames(
  files: Readonly<Record<string, string>>,
  counts: (file: SourceFile) => boolean = runsForPulls,
): CheckName[] {
  const repository = readRepository(files);
  return repository.jobs
    .filter(({ file }) => counts(file))
    .flatMap((job) => namesOf(repository, job, new Set()).map(toName));
}

/**
 * A check counts for a pull request if it is reported for its newest commit: by a run for the pull request,
 * or for a push to its branch.
 */
function runsForPulls(file: SourceFile): boolean {
  const events = ownEvents(file);
  const { yaml, root } = file;
  const isLimited = ["branches", "tags"].some((key) => yaml.at(root, "on", "push", key));
  return (
    events.includes("pull_request") ||
    events.includes("pull_request_target") ||
    (events.includes("push") && !isLimited)
  );
}

/** Stands for what only the run knows. */
const open = Symbol("open");

type NamePart = string | typeof open;

/**
 * A job that calls a workflow reports the jobs of that one, behind its own name.
 * https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows
 */
function namesOf(repository: Repository, job: Job, callers: ReadonlySet<Job>): NamePart[][] {
  const names = ownNames(repository, job);
  if (!job.uses) return names;
  const called = repository.fileOf(job.uses.value, "workflow");
  if (!called || callers.has(job)) return names.map((own) => [...own, " / ", open]);
  const inner = repository.jobs.filter(({ file }) => file === called);
  const reached = new Set([...callers, job]);
  return names.flatMap((own) =>
    inner.flatMap((each) =>
      namesOf(repository, each, reached).map((rest) => [...own, " / ", ...rest]),
    ),
  );
}

/** A job of a matrix has as many names as the matrix writes out. */
function ownNames(repository: Repository, job: Job): NamePart[][] {
  const { yaml } = job.file;
  const name = textOf(yaml.at(job.node, "name")) ?? job.id;
  const parts = partsOf(name);
  const isMatrix = yaml.at(job.node, "strategy", "matrix") !== undefined;
  if (!isMatrix) return [parts];
  // Without an expression in its name, each job of a matrix gets its values behind it.
  if (!parts.includes(open)) return [[...parts, " (", open, ")"]];
  return possibleValues({ repository, known: {} }, job, name).map(partsOf);
}

function partsOf(text: string): NamePart[] {
  const parts = text.split(/\$\{\{.*?\}\}/s);
  return parts.flatMap((part, index): NamePart[] => (index === 0 ? [part] : [open, part]));
}

function toName(parts: readonly NamePart[]): CheckName {
  const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  const source = parts.map((part) => (part === open ? ".*" : escaped(part))).join("");
  const [first = open] = parts.filter((part) => part !== "");
  return { pattern: new RegExp(`^${source}$`, "s"), isOpen: first === open };
}
