import { Binary, Grouping, Literal, Logical, Unary, type Expr } from "@actions/expressions/ast";
import { parseExpression, readsOf, soleExpression } from "./expressions.ts";
import { inputOf, type Step } from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/** A value that is known before the run. */
export interface Value {
  readonly text: string;
  readonly isBoolean: boolean;
}

/** What a path such as `["inputs", "push"]` gives; `undefined` where only the run knows. */
export type Lookup = (path: readonly string[]) => Value | undefined;

/** The condition of a step, and those of the steps that run the actions around it. */
export function conditionsOf(step: Step): { step: Step; text: string }[] {
  const text = textOf(step.file.yaml.at(step.node, "if"));
  const own = text === undefined ? [] : [{ step, text }];
  return step.caller ? [...own, ...conditionsOf(step.caller)] : own;
}

/** The steps of a job, without those of local actions that the inputs they are given turn off. */
export function stepsThatRun(steps: readonly Step[]): readonly Step[] {
  return steps.filter(
    (step) =>
      !conditionsOf(step).some((each) =>
        isFalse(treeOf(each.text), ([context, name, ...rest]) =>
          context === "inputs" && name !== undefined && rest.length === 0
            ? actionInput(each.step, name)
            : undefined,
        ),
      ),
  );
}

/**
 * The text that an action's input has in this run of it, where the files say so: an action has no inputs
 * of another type.
 *
 * @param ofWorkflow what an input of the workflow is that an action is given
 */
export function actionInput(
  { caller, file }: Step,
  name: string,
  ofWorkflow: (name: string) => Value | undefined = () => undefined,
): Value | undefined {
  if (!caller) return undefined;
  const given = textOf(inputOf(caller, name));
  const text = given ?? textOf(file.yaml.at(file.root, "inputs", name, "default")) ?? "";
  if (!text.includes("${{")) return { text, isBoolean: false };
  const sole = soleExpression(text);
  const [read, ...more] = readsOf(parseExpression(sole?.expression ?? ""));
  const [context, outer, ...rest] = read?.path ?? [];
  const isHandedOn = context === "inputs" && outer !== undefined && read?.shown === true;
  if (given === undefined || !isHandedOn || rest.length > 0 || more.length > 0) return undefined;
  const value = caller.caller ? actionInput(caller, outer, ofWorkflow) : ofWorkflow(outer);
  return value && { text: value.text, isBoolean: false };
}

/** A condition needs no `${{ }}`. */
export function treeOf(condition: string): Expr | undefined {
  const sole = soleExpression(condition);
  if (!sole && condition.includes("${{")) return undefined;
  return parseExpression(sole?.expression ?? condition);
}

/** Whether an expression is false for sure. */
export function isFalse(expr: Expr | undefined, lookup: Lookup): boolean {
  const each = (arg: Expr) => isFalse(arg, lookup);
  if (expr instanceof Grouping) return each(expr.group);
  if (expr instanceof Logical)
    return expr.operator.lexeme === "&&" ? expr.args.some(each) : expr.args.every(each);
  if (expr instanceof Literal) return ["", "false", "0"].includes(expr.literal.coerceString());
  if (expr instanceof Unary) return isTrue(valueOf(expr.expr, lookup));
  if (expr instanceof Binary) {
    const sides = [expr.left, expr.right].map((side) => valueOf(side, lookup));
    const [left, right] = sides.map((side) => side?.text.toLowerCase());
    if (left === undefined || right === undefined) return false;
    if (expr.operator.lexeme === "==") return left !== right;
    return expr.operator.lexeme === "!=" && left === right;
  }
  const value = valueOf(expr, lookup);
  return value !== undefined && !isTrue(value);
}

function isTrue(value: Value | undefined): boolean {
  return value !== undefined && value.text !== "" && !(value.isBoolean && value.text === "false");
}

function valueOf(expr: Expr | undefined, lookup: Lookup): Value | undefined {
  if (expr instanceof Literal) {
    const text = expr.literal.coerceString();
    return { text, isBoolean: typeof (expr.literal as { value?: unknown }).value === "boolean" };
  }
  const [read, ...more] = readsOf(expr);
  return read && more.length === 0 ? lookup(read.path) : undefined;
}
