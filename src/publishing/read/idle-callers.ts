import { Binary, Grouping, Literal, Logical, Unary, type Expr } from "@actions/expressions/ast";
import { parseExpression, readsOf, soleExpression } from "./expressions.ts";
import type { Login } from "./logins.ts";
import { isKnown, possibleValues, type Surroundings } from "./possible-values.ts";
import type { Push } from "./pushes.ts";
import { inputOf, type Job, type Step } from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/**
 * Whether a workflow that a job calls does not log in for it, or pushes nothing: the inputs that the job
 * gives turn that off, as with `push: false`.
 */
export function isIdleFor(
  around: Surroundings,
  caller: Job,
  { step }: Login,
  pushes: readonly Push[],
): boolean {
  const isOff = (condition: string | undefined) =>
    condition !== undefined && isFalse(around, caller, step.job, treeOf(condition));
  const conditions = [step, ...outerSteps(step)].map(({ file, node }) =>
    textOf(file.yaml.at(node, "if")),
  );
  conditions.push(textOf(step.job.file.yaml.at(step.job.node, "if")));
  const switches = pushes.map(({ condition }) => condition);
  return conditions.some(isOff) || (switches.length > 0 && switches.every(isOff));
}

function outerSteps({ caller }: Step): Step[] {
  return caller ? [caller, ...outerSteps(caller)] : [];
}

/** A condition needs no `${{ }}`. */
function treeOf(condition: string): Expr | undefined {
  const sole = soleExpression(condition);
  if (!sole && condition.includes("${{")) return undefined;
  return parseExpression(sole?.expression ?? condition);
}

/** Whether an expression is false for sure, with the inputs of this caller. */
function isFalse(around: Surroundings, caller: Job, callee: Job, expr: Expr | undefined): boolean {
  const each = (arg: Expr) => isFalse(around, caller, callee, arg);
  if (expr instanceof Grouping) return each(expr.group);
  if (expr instanceof Logical)
    return expr.operator.lexeme === "&&" ? expr.args.some(each) : expr.args.every(each);
  if (expr instanceof Literal) return ["", "false", "0"].includes(expr.literal.coerceString());
  if (expr instanceof Unary) return isTrue(valueOf(around, caller, callee, expr.expr));
  if (expr instanceof Binary) {
    const sides = [expr.left, expr.right].map((side) => valueOf(around, caller, callee, side));
    const [left, right] = sides.map((side) => side?.text.toLowerCase());
    if (left === undefined || right === undefined) return false;
    if (expr.operator.lexeme === "==") return left !== right;
    return expr.operator.lexeme === "!=" && left === right;
  }
  const value = valueOf(around, caller, callee, expr);
  return value !== undefined && !isTrue(value);
}

interface Value {
  readonly text: string;
  readonly isBoolean: boolean;
}

function isTrue(value: Value | undefined): boolean {
  return value !== undefined && value.text !== "" && !(value.isBoolean && value.text === "false");
}

/** What an input is for a caller, or a literal; `undefined` where that is not known. */
function valueOf(
  around: Surroundings,
  caller: Job,
  callee: Job,
  expr: Expr | undefined,
): Value | undefined {
  if (expr instanceof Literal) {
    const text = expr.literal.coerceString();
    return { text, isBoolean: typeof (expr.literal as { value?: unknown }).value === "boolean" };
  }
  const [read, ...more] = readsOf(expr);
  const [context, name, ...rest] = read?.path ?? [];
  if (context !== "inputs" || name === undefined || rest.length > 0 || more.length > 0)
    return undefined;
  const { yaml, root } = callee.file;
  const declared = yaml.at(root, "on", "workflow_call", "inputs", name);
  if (!declared) return undefined;
  const isBoolean = textOf(yaml.at(declared, "type")) === "boolean";
  const given = textOf(inputOf(caller, name));
  const preset = textOf(yaml.at(declared, "default")) ?? (isBoolean ? "false" : "");
  const [only, ...others] = given === undefined ? [preset] : possibleValues(around, caller, given);
  return only !== undefined && others.length === 0 && isKnown(only)
    ? { text: only, isBoolean }
    : undefined;
}
