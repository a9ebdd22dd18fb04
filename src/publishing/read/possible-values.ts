import { expressionsIn, literalsOf, parseExpression, readsOf } from "./expressions.ts";
import { inputOf, variableOf, type Job, type Repository, type Step } from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/** What a text of a step may be in the run. */
export interface PossibleValues {
  readonly values: readonly string[];
  /** Whether it may be something else, too, which stands in no file: a variable of GitHub's, say. */
  readonly open: boolean;
}

/** What is known from elsewhere, by context and name: `{ github: { repository: "acme/api" } }`. */
export type Known = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Surroundings {
  readonly repository: Repository;
  readonly known: Known;
}

/** A variable may be set from itself, further out. */
const mostHops = 8;
/** A matrix of matrices multiplies. */
const mostValues = 64;

const unknown: PossibleValues = { values: [], open: true };

/** @param text of a step, or of a job that calls a workflow, with its expressions */
export function possibleValues(
  around: Surroundings,
  place: Step | Job,
  text: string,
  hops = mostHops,
): PossibleValues {
  if (hops <= 0) return unknown;
  let values = [""];
  let open = false;
  let end = 0;
  for (const embedded of expressionsIn(text)) {
    const before = text.slice(end, embedded.start);
    const found = valuesOfExpression(around, place, embedded.expression, hops);
    open ||= found.open;
    values = values.flatMap((value) => found.values.map((next) => value + before + next));
    if (values.length > mostValues) return { values: values.slice(0, mostValues), open: true };
    end = embedded.end;
  }
  return { values: [...new Set(values.map((value) => value + text.slice(end)))], open };
}

function valuesOfExpression(
  around: Surroundings,
  place: Step | Job,
  expression: string,
  hops: number,
): PossibleValues {
  const expr = parseExpression(expression);
  if (!expr) return unknown;
  const reads = readsOf(expr).filter(({ shown }) => shown);
  const found = reads.map(({ path }) => valuesOfRead(around, place, path, hops));
  return {
    values: [...new Set([...found.flatMap(({ values }) => values), ...literalsOf(expr)])],
    open: found.some(({ open }) => open) || (reads.length === 0 && literalsOf(expr).length === 0),
  };
}

function valuesOfRead(
  around: Surroundings,
  place: Step | Job,
  [context = "*", name = "*", ...rest]: readonly string[],
  hops: number,
): PossibleValues {
  const given = around.known[context]?.[name];
  if (given !== undefined) return { values: [given], open: false };
  const job = jobOf(place);
  switch (context) {
    case "matrix":
      return matrixValues(around, job, [name, ...rest], hops);
    case "env":
      return isStep(place) ? valuesOfVariable(around, place, name, hops) : unknown;
    case "inputs":
      return isStep(place) && place.caller
        ? valuesOfActionInput(around, place, name, hops)
        : valuesOfWorkflowInput(around, job, name, hops);
    default:
      return unknown;
  }
}

export function isStep(place: Step | Job): place is Step {
  return "job" in place;
}

function jobOf(place: Step | Job): Job {
  return isStep(place) ? place.job : place;
}

function valuesOfVariable(around: Surroundings, step: Step, name: string, hops: number) {
  // What a script of the job sets comes from nowhere that could be read.
  const set = new RegExp(`(?<![\\w-])${name.replaceAll(/\W/g, "")}(?:=|<<)`, "i");
  const writes = step.job.steps.some(
    ({ run }) => run && /GITHUB_ENV/.test(run.value) && set.test(run.value),
  );
  const found = variableOf(step, name);
  const text = textOf(found?.node);
  if (!found || text === undefined) return unknown;
  const values = possibleValues(around, outward(step, found.file), text, hops - 1);
  return writes ? { ...values, open: true } : values;
}

/** The step in whose surroundings a text of this file stands. */
function outward(step: Step, file: Step["file"]): Step {
  return step.file === file || !step.caller ? step : outward(step.caller, file);
}

function valuesOfActionInput(around: Surroundings, step: Step, name: string, hops: number) {
  const { caller, file } = step;
  const given = caller && textOf(inputOf(caller, name));
  if (caller && given !== undefined) return possibleValues(around, caller, given, hops - 1);
  const preset = textOf(file.yaml.at(file.root, "inputs", name, "default"));
  return preset === undefined
    ? { values: [""], open: false }
    : possibleValues(around, step, preset, hops - 1);
}

/** Its default, and what each caller in the repository gives. Who starts it by hand may type anything. */
function valuesOfWorkflowInput(
  around: Surroundings,
  job: Job,
  name: string,
  hops: number,
): PossibleValues {
  const { yaml, root } = job.file;
  const called = yaml.at(root, "on", "workflow_call", "inputs", name);
  const typed = yaml.at(root, "on", "workflow_dispatch", "inputs", name);
  const defaults = [called, typed]
    .map((input) => textOf(yaml.at(input, "default")))
    .filter((text) => text !== undefined);
  const given = around.repository.callersOf(job.file).map((caller) => {
    const text = textOf(inputOf(caller, name));
    return text === undefined ? undefined : possibleValues(around, caller, text, hops - 1);
  });
  const chosen = yaml.items(yaml.at(typed, "options")).map(textOf);
  const found = given.filter((values) => values !== undefined);
  const values = [...defaults, ...chosen, ...found.flatMap((each) => each.values)];
  return {
    values: [...new Set(values.filter((value) => value !== undefined))],
    open: values.length === 0 || found.some(({ open }) => open),
  };
}

function matrixValues(
  around: Surroundings,
  job: Job,
  path: readonly string[],
  hops: number,
): PossibleValues {
  const { yaml } = job.file;
  const matrix = yaml.at(job.node, "strategy", "matrix");
  const [name = "*", ...rest] = path;
  const rows = [matrix, ...yaml.items(yaml.at(matrix, "include"))];
  const nodes = rows
    .map((row) => yaml.at(row, name))
    .flatMap((value) => {
      const items = yaml.items(value);
      return items.length > 0 ? [...items] : [value];
    })
    .map((value) => (rest.length > 0 ? yaml.at(value, ...rest) : value));
  const texts = nodes.map(textOf).filter((text) => text !== undefined);
  // A matrix that is computed, or a list of it, says nothing.
  const lists = [matrix, yaml.at(matrix, name), yaml.at(matrix, "include")];
  const computed = lists.some((node) => textOf(node) !== undefined);
  const found = texts.map((text) => possibleValues(around, job, text, hops - 1));
  return {
    values: found.flatMap(({ values }) => values),
    open: computed || texts.length === 0 || found.some(({ open }) => open),
  };
}
