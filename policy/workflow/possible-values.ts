import { isScalar } from "yaml";
import {
  demandedBy,
  refusedBy,
  expressionsIn,
  parseExpression,
  readsOf,
  soleExpression,
  type Read,
} from "./language/expressions.ts";
import { variableOf } from "./step-input.ts";
import type { Job, Step, Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

export interface PossibleValues {
  readonly values: readonly string[];
  /**
   * Whether it may also have a value that the workflow does not show, such as a variable of the
   * repository.
   */
  readonly open: boolean;
}

/** A variable may be set from itself, further out. */
const mostHops = 5;

/**
 * The possible values of a step's text in the run: the text itself, and what its expressions choose
 * from.
 */
export function possibleValues(
  workflow: Workflow,
  job: Job,
  step: Pick<Step, "node">,
  text: string,
  hops = mostHops,
): PossibleValues {
  const expressions = expressionsIn(text);
  if (expressions.length === 0) return { values: [text], open: false };
  // "ghcr.io/" of "ghcr.io/${{ github.repository_owner }}"
  const around = text.replaceAll(/\$\{\{.*?\}\}/g, "").trim();
  const literals = expressions.flatMap((each) => each.match(/(?<=')[^']+(?=')/g) ?? []);
  if (/\w\.\w/.test(around)) literals.push(around);
  const reads = expressions.flatMap((each) => readsOf(parseExpression(each)));
  const found = reads
    .filter(({ shown }) => shown)
    .map((read) => valuesOf(workflow, job, step, read, hops));
  return {
    values: [...literals, ...found.flatMap(({ values }) => values)],
    open: found.some(({ open }) => open),
  };
}

function valuesOf(
  workflow: Workflow,
  job: Job,
  step: Pick<Step, "node">,
  { path: [context, name = "*"] }: Read,
  hops: number,
): PossibleValues {
  if (context === "matrix") {
    // `if: matrix.registry == 'ghcr.io'`
    const condition = textOf(workflow.yaml.at(step.node, "if")) ?? "";
    const [path, said] = [`matrix.${name}`, soleExpression(condition) ?? condition];
    const demanded = demandedBy(path, said);
    if (demanded !== undefined) return { values: [demanded], open: false };
    const refused = refusedBy(path, said);
    const values = matrixValues(workflow, job, name);
    return {
      values: values.filter((text) => !refused.includes(text.toLowerCase())),
      // Maps have no text.
      open: values.length === 0 || values.some((text) => text.includes("${{")),
    };
  }
  if (context === "inputs") return { values: presetsOf(workflow, name), open: true };
  const scopes = [step.node, job.node, workflow.root];
  const set = context === "env" && hops > 0 ? variableOf(workflow, scopes, name) : undefined;
  return set === undefined
    ? { values: [], open: true }
    : possibleValues(workflow, job, step, set, hops - 1);
}

/** What an input is where nobody gives it: of an action, or of a workflow that is called or started by hand. */
function presetsOf({ yaml, root, triggers }: Workflow, name: string): string[] {
  const declared = ["workflow_call", "workflow_dispatch"].map((event) =>
    yaml.at(triggers.get(event)?.settings, "inputs"),
  );
  return [yaml.at(root, "inputs"), ...declared]
    .map((inputs) => textOf(yaml.at(yaml.find(inputs, name), "default")))
    .filter((text) => text !== undefined);
}

function matrixValues({ yaml }: Workflow, { node }: Job, name: string): string[] {
  const matrix = yaml.at(node, "strategy", "matrix");
  const include = yaml.at(matrix, "include");
  const lists = [matrix, ...yaml.items(include)]
    .map((row) => yaml.find(row, name))
    .flatMap((value) => (isScalar(value) ? [value] : yaml.items(value)));
  // The matrix, or what it includes, may be one text, too: `${{ fromJSON(needs.plan.outputs.matrix) }}`
  return [...lists, matrix, include].map(textOf).filter((text) => text !== undefined);
}
