import {
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  type Expr,
} from "@actions/expressions/ast";
import { isScalar } from "yaml";
import { conditionsOf, isFalse, treeOf } from "./conditions.ts";
import { expressionsIn, parseExpression, readsOf, verdictFunctions } from "./expressions.ts";
import {
  inputOf,
  isSetInRun,
  jobOf,
  ownerOf,
  variableOf,
  type Job,
  type Repository,
  type Step,
} from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/** What is known from elsewhere, by context and name: `{ github: { repository: "acme/api" } }`. */
export type Known = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ReadContext {
  readonly repository: Repository;
  readonly known: Known;
}

/** A variable may be set from itself, further out. */
const mostHops = 8;
/** A matrix of matrices multiplies. */
const mostValues = 64;

/** A value that is in no file: a variable on GitHub, or an output of a step. */
const unknown = "${{ ? }}";

export function isKnown(value: string): boolean {
  return !value.includes("${{");
}

/** Whether a possible value may be this text in the run; case does not count. */
export function mayBe(value: string, text: string): boolean {
  const parts = value.split(unknown).map((part) => part.replace(/\W/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
}

/**
 * The possible values of a text in the run. Parts that are in no file stay expressions, so that
 * "ghcr.io/${{ ? }}" still names the registry.
 *
 * @param text of a step, or of a job that calls a workflow, with its expressions
 */
export function possibleValues(
  around: ReadContext,
  place: Step | Job,
  text: string,
  hops = mostHops,
): readonly string[] {
  if (hops <= 0) return [unknown];
  let values = [""];
  let end = 0;
  for (const { start, end: next, expression } of expressionsIn(text)) {
    const before = text.slice(end, start);
    const expr = parseExpression(expression);
    const found = expr ? valuesOf(around, place, expr, hops) : [unknown];
    values = values.flatMap((value) => found.map((each) => value + before + each));
    values = values.length > mostValues ? [...values.slice(0, mostValues), unknown] : values;
    end = next;
  }
  return unique(values.map((value) => value + text.slice(end)));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** The possible results of an expression. */
function valuesOf(
  around: ReadContext,
  place: Step | Job,
  expr: Expr,
  hops: number,
): readonly string[] {
  if (expr instanceof Literal) return [expr.literal.coerceString()];
  if (expr instanceof Grouping) return valuesOf(around, place, expr.group, hops);
  if (expr instanceof Logical) {
    // `a && b` is b, or an `a` that counts as empty.
    const kept = expr.operator.lexeme === "&&" ? expr.args.slice(-1) : expr.args;
    return unique(kept.flatMap((each) => valuesOf(around, place, each, hops)));
  }
  if (expr instanceof FunctionCall) return valuesOfCall(around, place, expr, hops);
  // `fromJSON(…)[0]`
  const call = calledIn(expr);
  if (call) return valuesOfCall(around, place, call, hops);
  const [read, ...more] = readsOf(expr);
  if (!read?.shown || more.length > 0) return [unknown];
  return valuesOfRead(around, place, read.path, hops);
}

function calledIn(expr: Expr): FunctionCall | undefined {
  if (!(expr instanceof IndexAccess)) return undefined;
  return expr.expr instanceof FunctionCall ? expr.expr : calledIn(expr.expr);
}

/** `format('ghcr.io/{0}', github.repository)`, and `fromJSON('["ghcr.io"]')`; other functions may return their arguments. */
function valuesOfCall(
  around: ReadContext,
  place: Step | Job,
  { functionName, args }: FunctionCall,
  hops: number,
): readonly string[] {
  const name = functionName.lexeme.toLowerCase();
  if (verdictFunctions.test(name)) return [unknown];
  const [first = [], ...rest] = args.map((each) => valuesOf(around, place, each, hops));
  if (name === "fromjson") return unique(first.flatMap((text) => textsOfJson(text) ?? [unknown]));
  if (name !== "format") return unique([...[first, ...rest].flat(), unknown]);
  if (first.length !== 1) return [unknown];
  return rest.reduce<readonly string[]>(
    (texts, values, index) =>
      texts.flatMap((text) => values.map((value) => text.replaceAll(`{${index}}`, () => value))),
    first,
  );
}

function textsOfJson(text: string): string[] | undefined {
  const leaves = (value: unknown): string[] =>
    typeof value === "object" && value !== null
      ? Object.values(value).flatMap(leaves)
      : [String(value)];
  try {
    return leaves(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function valuesOfRead(
  around: ReadContext,
  place: Step | Job,
  [context = "*", name = "*", ...rest]: readonly string[],
  hops: number,
): readonly string[] {
  const given = around.known[context]?.[name];
  if (given !== undefined) return [given];
  const job = jobOf(place);
  switch (context) {
    case "matrix":
      return matrixValues(around, place, [name, ...rest], hops);
    case "env":
      return isStep(place) ? valuesOfVariable(around, place, name, hops) : [unknown];
    case "inputs":
      return isStep(place) && place.caller
        ? valuesOfActionInput(around, place, name, hops)
        : valuesOfWorkflowInput(around, job, name, hops);
    default:
      return [unknown];
  }
}

function isStep(place: Step | Job): place is Step {
  return "job" in place;
}

function valuesOfVariable(
  around: ReadContext,
  step: Step,
  name: string,
  hops: number,
): readonly string[] {
  const found = variableOf(step, name);
  const text = textOf(found?.node);
  if (!found || text === undefined) return [unknown];
  const values = possibleValues(around, ownerOf(step, found.file), text, hops - 1);
  return isSetInRun(step.job, name) ? [...values, unknown] : values;
}

function valuesOfActionInput(around: ReadContext, step: Step, name: string, hops: number) {
  const { caller, file } = step;
  const given = caller && textOf(inputOf(caller, name));
  if (caller && given !== undefined) return possibleValues(around, caller, given, hops - 1);
  const preset = textOf(file.yaml.at(file.root, "inputs", name, "default"));
  return preset === undefined ? [""] : possibleValues(around, step, preset, hops - 1);
}

/**
 * Its default, and the values of each caller in the repository. A person who starts it, or a caller in another
 * repository, may turn a switch on or off; other values of theirs are unknown.
 */
function valuesOfWorkflowInput(
  around: ReadContext,
  job: Job,
  name: string,
  hops: number,
): readonly string[] {
  const { yaml, root } = job.file;
  const called = yaml.at(root, "on", "workflow_call", "inputs", name);
  const typed = yaml.at(root, "on", "workflow_dispatch", "inputs", name);
  const defaults = [called, typed].map((input) => textOf(yaml.at(input, "default")));
  const chosen = yaml.items(yaml.at(typed, "options")).map(textOf);
  const callers = around.repository.callersOf(job.file);
  const given = callers.flatMap((caller) => {
    const text = textOf(inputOf(caller, name));
    return text === undefined ? [] : possibleValues(around, caller, text, hops - 1);
  });
  const known = [...defaults, ...chosen, ...given].filter((value) => value !== undefined);
  const isOpen = typed !== undefined || callers.length === 0;
  const isSwitch = known.length > 0 && known.every((value) => /^(?:true|false)$/.test(value));
  const values = isOpen && isSwitch ? ["true", "false"] : known;
  return values.length > 0 ? unique(values) : [unknown];
}

/** The values in the matrix for which the place runs: `if: matrix.registry == 'ghcr.io'`. */
function matrixValues(
  around: ReadContext,
  place: Step | Job,
  path: readonly string[],
  hops: number,
): readonly string[] {
  const job = jobOf(place);
  const { yaml } = job.file;
  const matrix = yaml.at(job.node, "strategy", "matrix");
  const [name = "*", ...rest] = path;
  const list = yaml.at(matrix, name);
  const items = yaml.items(list);
  const rows = yaml.items(yaml.at(matrix, "include"));
  const nodes = [
    ...(items.length > 0 ? items : [list])
      .filter((item) =>
        runsFor(place, ([first, ...more]) => first === name && yaml.at(item, ...more)),
      )
      .map((item) => yaml.at(item, ...rest)),
    ...rows
      .filter((row) => runsFor(place, (keys) => yaml.at(row, ...keys)))
      .map((row) => yaml.at(row, ...path)),
  ];
  const texts = nodes.map(textOf).filter((text) => text !== undefined);
  // The values of a computed matrix, or of fields in a computed list, are unknown.
  const lists = [matrix, yaml.at(matrix, "include"), ...(rest.length > 0 ? [list] : [])];
  const isComputed = lists.some((node) => textOf(node) !== undefined);
  const values = texts.flatMap((text) => possibleValues(around, job, text, hops - 1));
  return isComputed || texts.length === 0 ? [...values, unknown] : values;
}

/** Whether a place may run with these values of the matrix; values that are not given may be anything. */
function runsFor(place: Step | Job, valueAt: (path: readonly string[]) => unknown): boolean {
  if (!isStep(place)) return true;
  return !conditionsOf(place).some(({ text }) =>
    isFalse(treeOf(text), ([context, ...path]) => {
      const node = context === "matrix" ? valueAt(path) : undefined;
      const value = textOf(node);
      if (value === undefined || value.includes("${{")) return undefined;
      return { text: value, isBoolean: isScalar(node) && typeof node.value === "boolean" };
    }),
  );
}
