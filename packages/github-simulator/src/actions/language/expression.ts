import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type { BasicExpressionToken } from "@actions/workflow-parser/templates/tokens/basic-expression-token";
import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import type { Expr, FunctionCall } from "@actions/expressions/ast";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import type { Token } from "@actions/expressions/lexer";
import {
  data,
  equals,
  Evaluator,
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
  Lexer,
  Parser,
  replacer,
  TokenType,
  reviver,
} from "./github-language.ts";

/** JSON, as the contexts of GitHub Actions are. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What `success()`, `failure()` and `cancelled()` return in one place of a workflow. */
export interface StatusFunctions {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

export interface ExpressionScope {
  /** e.g. `{ github: …, env: … }`. A context that is missing here evaluates to null. */
  readonly contexts: Readonly<Record<string, Json>>;
  readonly status?: StatusFunctions;
  readonly hashFiles?: (patterns: readonly string[]) => string;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An expression that parses but cannot be evaluated; the message has file, line and column. */
class ExpressionFailure extends Error {}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts */
const CONTEXT_NAMES =
  "github env vars job jobs steps runner secrets strategy matrix needs inputs".split(" ");

/**
 * Evaluates a node of a workflow file with all expressions inside it.
 * @throws ExpressionFailure
 */
export function evaluateToken(token: TemplateToken, scope: ExpressionScope): Json {
  if (isBasicExpression(token)) return evaluateBasic(token, scope);
  if (isString(token) || isNumber(token) || isBoolean(token)) return token.value;
  if (isSequence(token)) return Array.from(token, (item) => evaluateToken(item, scope));
  if (isMapping(token)) {
    const entries = Array.from(token, ({ key, value }) => [
      toText(evaluateToken(key, scope)),
      evaluateToken(value, scope),
    ]);
    return Object.fromEntries(entries) as Json;
  }
  return null;
}

/** Evaluates a mapping of names to scalars, such as `env` or `with`. */
export function evaluateTexts(
  token: TemplateToken | undefined,
  scope: ExpressionScope,
): Record<string, string> {
  const value = token === undefined ? null : evaluateToken(token, scope);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toText(each)]));
}

/** A value of a type; strings are not converted. @throws ExpressionFailure in GitHub's wording */
export function evaluateAs<Type extends keyof Scalars>(
  type: Type,
  token: TemplateToken,
  scope: ExpressionScope,
): Scalars[Type] {
  const value = evaluateToken(token, scope);
  if (typeof value === type) return value as Scalars[Type];
  throw failureAt(token, new Error(`Unexpected value '${toText(value)}'`));
}

interface Scalars {
  readonly boolean: boolean;
  readonly number: number;
}

/** @returns the value as GitHub writes it into a string: null is empty, objects say `Object`. */
export function toText(value: Json): string {
  return toData(value).coerceString();
}

/** `==` in expressions: types are converted, and strings compared without case. */
export function looselyEqual(a: Json, b: Json): boolean {
  return equals(toData(a), toData(b));
}

/** Whether a value counts as true in `if:`. */
export function isTruthy(value: Json): boolean {
  return !(value === null || value === false || value === "" || value === 0 || Number.isNaN(value));
}

function evaluateBasic(token: BasicExpressionToken, scope: ExpressionScope): Json {
  try {
    return evaluateExpression(token.expression, scope);
  } catch (error) {
    throw failureAt(token, error);
  }
}

function failureAt({ line, col = 0 }: TemplateToken, error: unknown): ExpressionFailure {
  const place = line === undefined ? "" : ` (Line: ${line}, Col: ${col})`;
  const reason = messageOf(error);
  return new ExpressionFailure(`The template is not valid.${place}: ${reason}`, { cause: error });
}

function evaluateExpression(expression: string, scope: ExpressionScope): Json {
  const functions = extensionFunctions(scope);
  const parser = new Parser(readTokens(expression), CONTEXT_NAMES, functions);
  const contexts = new data.Dictionary(
    ...CONTEXT_NAMES.map((key) => {
      const value = scope.contexts[key] ?? null;
      return { key, value: key === "env" ? environmentData(value) : toData(value) };
    }),
  );
  const byName = new Map(functions.map((each) => [each.name.toLowerCase(), each]));
  return fromData(new LazyEvaluator(parser.parse(), contexts, byName).evaluate());
}

/** The evaluator computes all arguments of `case` and accepts any number of them; the runner does neither. */
class LazyEvaluator extends Evaluator {
  override visitFunctionCall(call: FunctionCall): ExpressionData {
    if (call.functionName.lexeme.toLowerCase() !== "case") return super.visitFunctionCall(call);
    if (call.args.length % 2 === 0) throw new Error("case requires an odd number of arguments");
    return this.choose(call.args);
  }

  private choose([first, value, ...others]: readonly Expr[]): ExpressionData {
    if (first === undefined) return new data.Null();
    const found = this.eval(first);
    if (value === undefined) return found;
    if (!(found instanceof data.BooleanData)) {
      throw new Error("case predicate must evaluate to a boolean value");
    }
    return found.value ? this.eval(value) : this.choose(others);
  }
}

/** Names of variables are case-sensitive on Linux, unlike all other names in contexts. */
function environmentData(values: Json): ExpressionData {
  const found = toData(values);
  if (found.kind !== data.Kind.Dictionary) return found;
  const names = new Map(found.pairs().map(({ key, value }) => [key, value]));
  found.get = (name) => names.get(name);
  return found;
}

/** The lexer unescapes only the first doubled quote of a string; this unescapes all of them. */
function readTokens(expression: string): Token[] {
  return new Lexer(expression)
    .lex()
    .tokens.map((token) =>
      token.type === TokenType.STRING
        ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") }
        : token,
    );
}

function extensionFunctions(scope: ExpressionScope): FunctionDefinition[] {
  const { status, hashFiles } = scope;
  const answer = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  return [
    answer("always", true),
    answer("success", status?.success ?? true),
    answer("failure", status?.failure ?? false),
    answer("cancelled", status?.cancelled ?? false),
    {
      name: "hashFiles",
      minArgs: 1,
      maxArgs: 255,
      call: (...patterns) =>
        new data.StringData(hashFiles?.(patterns.map((each) => each.coerceString())) ?? ""),
    },
  ];
}

/** JSON has no `NaN` and `Infinity`. */
function toData(value: Json): ExpressionData {
  if (typeof value === "number") return new data.NumberData(value);
  return JSON.parse(JSON.stringify(value), reviver) as ExpressionData;
}

function fromData(value: ExpressionData): Json {
  if (value.kind === data.Kind.Number) return value.number();
  return JSON.parse(JSON.stringify(value, replacer)) as Json;
}
