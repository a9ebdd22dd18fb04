import { Binary, Grouping, Literal, Logical, Unary, type Expr } from "@actions/expressions/ast";
import { parseExpression, pathOf, soleExpression } from "./expressions.ts";
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
  const [context, outer, ...rest] = pathOf(parseExpression(sole?.expression ?? "")) ?? [];
  if (given === undefined || context !== "inputs" || outer === undefined || rest.length > 0)
    return undefined;
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
  return truthOf(expr, lookup) === false;
}

/** What an expression is as a condition; `undefined` where only the run knows. */
function truthOf(expr: Expr | undefined, lookup: Lookup): boolean | undefined {
  if (expr instanceof Grouping) return truthOf(expr.group, lookup);
  if (expr instanceof Literal) return Boolean(valueIn(expr));
  if (expr instanceof Unary) {
    const inner = truthOf(expr.expr, lookup);
    return inner === undefined ? undefined : !inner;
  }
  if (expr instanceof Logical) {
    const each = expr.args.map((arg) => truthOf(arg, lookup));
    const decisive = expr.operator.lexeme === "||";
    if (each.includes(decisive)) return decisive;
    return each.includes(undefined) ? undefined : !decisive;
  }
  if (expr instanceof Binary) {
    const isSame = areSame(valueOf(expr.left, lookup), valueOf(expr.right, lookup));
    if (isSame === undefined || !/^[=!]=$/.test(expr.operator.lexeme)) return undefined;
    return expr.operator.lexeme === "==" ? isSame : !isSame;
  }
  const value = valueOf(expr, lookup);
  return value && (value.isBoolean ? value.text === "true" : value.text !== "");
}

/** Texts are compared without regard to case; a boolean and a text as numbers, so that `'true'` is not `true`. */
function areSame(left: Value | undefined, right: Value | undefined): boolean | undefined {
  if (!left || !right) return undefined;
  if (left.isBoolean === right.isBoolean)
    return left.text.toLowerCase() === right.text.toLowerCase();
  return numberOf(left) === numberOf(right);
}

function numberOf({ text, isBoolean }: Value): number {
  return Number(isBoolean ? text === "true" : text);
}

function valueOf(expr: Expr | undefined, lookup: Lookup): Value | undefined {
  if (expr instanceof Literal) {
    const text = expr.literal.coerceString();
    return { text, isBoolean: typeof valueIn(expr) === "boolean" };
  }
  const path = pathOf(expr);
  return path && lookup(path);
}

/** A text, a number or a boolean; `undefined` for null. */
function valueIn({ literal }: Literal): unknown {
  return (literal as { value?: unknown }).value;
}
