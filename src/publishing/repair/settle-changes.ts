import { expressionsIn, parseExpression, readsOf } from "../read/expressions.ts";
import type { SourceFile } from "../read/source-file.ts";
import { textOf } from "../read/yaml-reader.ts";
import type { Carrier, Change, Edit, Repair, Through, Unresolved } from "./edit.ts";

export interface Settled {
  readonly edits: readonly SettledEdit[];
  readonly unresolved: readonly SettledReport[];
}

export interface SettledEdit {
  readonly edit: Edit;
  /** The repairs that need it. */
  readonly repairs: ReadonlySet<Repair>;
}

export interface SettledReport {
  readonly unresolved: Unresolved;
  readonly repairs: ReadonlySet<Repair>;
}

interface Claimed extends SettledEdit {
  readonly repairs: Set<Repair>;
  readonly claimants: Set<object>;
  readonly through: Set<Through>;
}

/**
 * The edits that change only what they are meant to change. The others are left to a person: in generated files,
 * at a place that aliases use elsewhere, too, and of an input that serves more than a login.
 */
export function settleChanges(repairs: readonly Repair[], carriers: readonly Carrier[]): Settled {
  const edits = new Map<string, Claimed>();
  const reports = new Map<string, { unresolved: Unresolved; repairs: Set<Repair> }>();
  const report = (unresolved: Unresolved, from: Iterable<Repair>) => {
    const key = `${unresolved.file.path} ${unresolved.line} ${unresolved.reason}`;
    const known = reports.get(key) ?? { unresolved, repairs: new Set() };
    for (const repair of from) known.repairs.add(repair);
    reports.set(key, known);
  };
  const all = withOwn(repairs);
  for (const repair of all) {
    for (const change of repair.changes) {
      if ("unresolved" in change) {
        report(change.unresolved, [repair]);
        continue;
      }
      const { edit } = change;
      const key = `${edit.file.path} ${edit.start} ${edit.end} ${edit.text}`;
      const known = edits.get(key) ?? claimed(edit);
      known.repairs.add(repair);
      known.claimants.add(edit.claimant);
      for (const each of edit.through ?? []) known.through.add(each);
      edits.set(key, known);
    }
  }
  const settled: SettledEdit[] = [];
  for (const { edit, repairs: from, claimants, through } of edits.values()) {
    const left = obstacle(edit, claimants.size) ?? sharing(edit, through, carriers);
    if (left === undefined) settled.push({ edit, repairs: from });
    else report(left, from);
  }
  return {
    edits: withoutUnused(all, settled),
    unresolved: withoutDoubts([...reports.values()]),
  };
}

/** Without the secrets that are declared and passed for credentials of which a person has to write each. */
function withoutUnused(repairs: readonly Repair[], settled: readonly SettledEdit[]): SettledEdit[] {
  const isCredential = (change: Change) => "edit" in change && change.edit.kind === "credential";
  const wanting = new Set(repairs.filter(({ changes }) => changes.some(isCredential)));
  for (const { edit, repairs: from } of settled)
    if (edit.kind === "credential") for (const repair of from) wanting.delete(repair);
  return settled.filter(
    ({ edit, repairs: from }) =>
      edit.kind !== "secret" || [...from].some((repair) => !wanting.has(repair)),
  );
}

/** What jobs share changes only where all of them need it: otherwise, those that do get it themselves. */
function withOwn(repairs: readonly Repair[]): Repair[] {
  const edits = repairs.flatMap(({ changes }) =>
    changes.flatMap((change) => ("edit" in change ? [change.edit] : [])),
  );
  const needing = new Set(edits.map(({ shared }) => shared?.own.node));
  return repairs.map((repair) => ({
    ...repair,
    changes: repair.changes.map((change): Change => {
      const shared = "edit" in change ? change.edit.shared : undefined;
      return shared?.among.some((job) => !needing.has(job)) ? { edit: shared.own } : change;
    }),
  }));
}

/** Where one job certainly pushes with an action and another one may, only the certain one is reported. */
function withoutDoubts(reports: readonly SettledReport[]): SettledReport[] {
  const surely = ({ unresolved: { file, line, reason } }: SettledReport) =>
    reports.find(
      ({ unresolved: other }) =>
        other.file === file && other.line === line && reason.endsWith(`; ${other.reason}`),
    );
  const doubted = Map.groupBy(reports, surely);
  return (doubted.get(undefined) ?? []).map((report) => {
    const others = doubted.get(report) ?? [];
    return {
      ...report,
      repairs: new Set([report, ...others].flatMap(({ repairs }) => [...repairs])),
    };
  });
}

function claimed(edit: Edit): Claimed {
  return { edit, repairs: new Set(), claimants: new Set(), through: new Set() };
}

/** An edit that a person has to make. */
export function notMade({ file, start, text }: Edit, reason: string): Unresolved {
  return { file, line: file.lineAt(start), reason, fix: text.trim() };
}

/**
 * What repairs those files, and what has to change with it elsewhere: a reusable workflow and the jobs
 * that call it declare and pass a secret together.
 */
export function onlyFor({ edits, unresolved }: Settled, paths: ReadonlySet<string>): Settled {
  const chosen = new Set<Repair>();
  const choose = ({ path }: SourceFile, repairs: Iterable<Repair>) => {
    if (paths.has(path)) for (const repair of repairs) chosen.add(repair);
  };
  for (const { edit, repairs } of edits) choose(edit.file, repairs);
  for (const { unresolved: each, repairs } of unresolved) choose(each.file, repairs);
  for (const { repairs } of [...edits, ...unresolved])
    for (const repair of repairs) for (const file of repair.files) choose(file, [repair]);
  const isChosen = ({ repairs }: SettledEdit | SettledReport) =>
    [...repairs].some((repair) => chosen.has(repair));
  return { edits: edits.filter(isChosen), unresolved: unresolved.filter(isChosen) };
}

function obstacle(edit: Edit, claims: number): Unresolved | undefined {
  const { file, node } = edit;
  if (file.generated !== undefined)
    return notMade(
      edit,
      `a program writes this file (line ${file.generated} says so): change what it is made from`,
    );
  if (claims >= file.yaml.timesReached(node)) return undefined;
  const left = notMade(
    edit,
    "an alias brings this to other places, too, which would change with it",
  );
  return {
    ...left,
    fix: `where the others have values of their own in place of the alias:\n${left.fix}`,
  };
}

function sharing(
  edit: Edit,
  through: Iterable<Through>,
  carriers: readonly Carrier[],
): Unresolved | undefined {
  const shared = [...through].find((each) => isUsedElsewhere(each, carriers));
  if (!shared) return undefined;
  const kind = shared.context === "inputs" ? "input" : "secret";
  const left = notMade(
    edit,
    `the ${kind} ${shared.name} of ${shared.file.path} serves more than a login`,
  );
  return {
    ...left,
    fix: `when the login there has ${kind === "input" ? "an input" : "a secret"} of its own, give that one:\n${left.fix}`,
  };
}

/** Whether an expression outside of the carriers reads an input or a secret, or a job passes on all secrets. */
function isUsedElsewhere({ file, context, name }: Through, carriers: readonly Carrier[]): boolean {
  if (context === "secrets" && passesAll(file)) return true;
  const ranges = carriers
    .filter((carrier) => carrier.file === file)
    .map(({ node }) => node.range ?? ([0, 0, 0] as const));
  return occurrences(file, context, name).some(
    (at) => !ranges.some(([start, end]) => at >= start && at < end),
  );
}

function passesAll({ yaml, root }: SourceFile): boolean {
  const jobs = yaml.entries(yaml.at(root, "jobs"));
  return jobs.some(({ value }) => textOf(yaml.at(value, "secrets")) === "inherit");
}

/** Where the name stands, or the whole context is read: `toJSON(secrets)`, `secrets[matrix.name]`. */
function occurrences({ text }: SourceFile, context: string, name: string): number[] {
  const escaped = name.replaceAll(/[^\w-]/g, "");
  const one = `\\s*\\.\\s*${escaped}(?![\\w-])|\\s*\\[\\s*'${escaped}'`;
  const all = "\\s*\\[\\s*[^'\\s]|\\s*\\.\\s*\\*";
  const pattern = new RegExp(
    `\\b${context}(?:${one}|${all})|\\btoJSON\\s*\\(\\s*${context}\\s*\\)`,
    "gi",
  );
  const compared = expressionsIn(text).filter((each) => !isGiven(each.expression, context, name));
  return [...text.matchAll(pattern)]
    .map(({ index }) => index)
    .filter((at) => !isIdle(text, at))
    .filter((at) => !compared.some(({ start, end }) => at >= start && at < end));
}

/** Whether a comment mentions it, or a condition, which gives it to nobody: `if: inputs.token != ''`. */
function isIdle(text: string, at: number): boolean {
  return /^\s*(?:#|(?:-\s+)?if\s*:)/.test(text.slice(text.lastIndexOf("\n", at - 1) + 1, at));
}

/** Whether an expression may return what it reads there: not so `${{ inputs.token && '--login' }}`. */
function isGiven(expression: string, context: string, name: string): boolean {
  const reads = readsOf(parseExpression(expression));
  const isOne = ([of, key]: readonly string[]) =>
    of === context && (key === undefined || key === "*" || key === name.toLowerCase());
  return reads.length === 0 || reads.some(({ path, shown }) => shown && isOne(path));
}
