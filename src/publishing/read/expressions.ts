import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
  type Expr,
} from "@actions/expressions/ast";

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts */
const contexts = [
  ...["github", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "strategy", "matrix"],
  ...["needs", "inputs"],
];

/** Functions that the library does not know. */
const functions = ["always", "success", "failure", "cancelled", "hashFiles"].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
}));

/** Functions whose result describes their arguments without containing them. */
export const verdictFunctions =
  /^(?:contains|startswith|endswith|always|success|failure|cancelled|hashfiles)$/i;

/** One `${{ … }}` in a text. */
export interface Embedded {
  /** Offset of `${{`. */
  readonly start: number;
  /** Offset behind `}}`. */
  readonly end: number;
  /** The text between them. */
  readonly expression: string;
}

/** A `}}` inside a quoted string does not end an expression. */
export function expressionsIn(text: string): Embedded[] {
  const found: Embedded[] = [];
  let start = text.indexOf("${{");
  while (start >= 0) {
    const close = endOfExpression(text, start + 3);
    // GitHub stops here, too: it refuses the text.
    if (close < 0) break;
    found.push({ start, end: close + 2, expression: text.slice(start + 3, close) });
    start = text.indexOf("${{", close + 2);
  }
  return found;
}

/** The index of the `}}` that ends an expression; -1 if there is none. */
export function endOfExpression(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text[at] === "}" && text[at + 1] === "}") return at;
  }
  return -1;
}

/** The one expression that is the whole text, apart from blanks. */
export function soleExpression(text: string): Embedded | undefined {
  const [only] = expressionsIn(text);
  return only && text.trim() === text.slice(only.start, only.end) ? only : undefined;
}

/** The expression as a tree; `undefined` where it does not parse. */
export function parseExpression(text: string): Expr | undefined {
  try {
    return new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  } catch {
    return undefined;
  }
}

/** A value that an expression reads. */
export interface Read {
  /** `["github", "event", "issue", "title"]`, in lower case, as names are compared; `*` where it is computed. */
  readonly path: readonly string[];
  /** Whether its text can be in the result; not if it is only compared. */
  readonly shown: boolean;
}

export function readsOf(expr: Expr | undefined, shown = true): Read[] {
  if (expr instanceof IndexAccess || expr instanceof ContextAccess) return readsOfPath(expr, shown);
  if (expr instanceof Grouping) return readsOf(expr.group, shown);
  if (expr instanceof Unary) return readsOf(expr.expr, false);
  if (expr instanceof Binary)
    return [expr.left, expr.right].flatMap((each) => readsOf(each, false));
  if (expr instanceof Logical) {
    const { args, operator } = expr;
    // `a && b` is b, or an `a` that counts as empty.
    const kept = (index: number) =>
      shown && (operator.lexeme !== "&&" || index === args.length - 1);
    return args.flatMap((each, index) => readsOf(each, kept(index)));
  }
  if (expr instanceof FunctionCall) {
    const kept = shown && !verdictFunctions.test(expr.functionName.lexeme);
    return expr.args.flatMap((each) => readsOf(each, kept));
  }
  return [];
}

function readsOfPath(expr: Expr, shown: boolean): Read[] {
  const path: string[] = [];
  const inner: Read[] = [];
  let current = expr;
  while (current instanceof IndexAccess) {
    const { index } = current;
    path.unshift(index instanceof Literal ? index.literal.coerceString().toLowerCase() : "*");
    // The parts of a computed index are read too, but only choose.
    if (!(index instanceof Star)) inner.push(...readsOf(index, false));
    current = current.expr;
  }
  if (!(current instanceof ContextAccess)) return [...readsOf(current, shown), ...inner];
  return [{ path: [current.name.lexeme.toLowerCase(), ...path], shown }, ...inner];
}

/** The path of an expression that is one value: `["inputs", "push"]`, in lower case. */
export function pathOf(expr: Expr | undefined): readonly string[] | undefined {
  if (expr instanceof Grouping) return pathOf(expr.group);
  const isValue = expr instanceof IndexAccess || expr instanceof ContextAccess;
  if (!isValue || callsFunction(expr)) return undefined;
  const [read, ...more] = readsOf(expr);
  return more.length > 0 || read?.path.includes("*") ? undefined : read?.path;
}

/** Whether an expression consists of values and operators only, and calls no function. */
export function callsFunction(expr: Expr | undefined): boolean {
  if (expr instanceof FunctionCall) return true;
  if (expr instanceof Grouping) return callsFunction(expr.group);
  if (expr instanceof Unary) return callsFunction(expr.expr);
  if (expr instanceof Binary) return [expr.left, expr.right].some(callsFunction);
  if (expr instanceof Logical) return expr.args.some(callsFunction);
  if (expr instanceof IndexAccess) return callsFunction(expr.expr) || callsFunction(expr.index);
  return false;
}

/** The result of an expression with these values, by context and name; other names are absent. */
export function evaluate(
  expr: Expr,
  values: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string | undefined {
  const context = new data.Dictionary(
    ...contexts.map((name) => ({
      key: name,
      value: new data.Dictionary(
        ...Object.entries(values[name] ?? {}).map(([key, value]) => ({
          key,
          value: new data.StringData(value),
        })),
      ),
    })),
  );
  try {
    return new Evaluator(expr, context).evaluate().coerceString();
  } catch {
    return undefined;
  }
}
