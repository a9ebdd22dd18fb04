import { Lexer, Parser } from "@actions/expressions";
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
const verdictFunctions =
  /^(?:contains|startswith|endswith|always|success|failure|cancelled|hashfiles)$/i;

/** The texts between `${{` and `}}`. A `}}` inside a quoted string does not end one. */
export function expressionsIn(text: string): string[] {
  const found: string[] = [];
  let start = text.indexOf("${{");
  while (start >= 0) {
    const end = endOfExpression(text, start + 3);
    // GitHub stops here, too: it refuses the text.
    if (end < 0) break;
    found.push(text.slice(start + 3, end));
    start = text.indexOf("${{", end + 2);
  }
  return found;
}

/** The index of the `}}` that ends an expression; -1 if there is none. */
function endOfExpression(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text[at] === "}" && text[at + 1] === "}") return at;
  }
  return -1;
}

/** The expression as a tree; `undefined` if it does not parse. */
export function parseExpression(text: string): Expr | undefined {
  try {
    return new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  } catch {
    return undefined;
  }
}

/** Every value that an expression reads, such as `["github", "event", "issue", "title"]`. */
export interface Read {
  /** In lower case, because names are compared so; `*` is a name that is only known in the run. */
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

/** The one expression that is the whole text, apart from blanks. */
export function soleExpression(text = ""): string | undefined {
  const trimmed = text.trim();
  const [only] = expressionsIn(trimmed);
  return only !== undefined && trimmed === `\${{${only}}}` ? normalised(only) : undefined;
}

/** An expression with one blank between its words, as people write it. */
export function normalised(expression: string): string {
  try {
    const { tokens } = new Lexer(expression).lex();
    const words = tokens.map(({ lexeme }) => lexeme).filter((word) => word !== "");
    return words.join(" ").replaceAll(/ ?\. ?/g, ".");
  } catch {
    return expression.trim();
  }
}

/** Whether a condition can only be true after a step has failed. */
export function demandsFailureOf(id: string, condition: string): boolean {
  const outcome = ["steps", id.toLowerCase(), "outcome"].join(".");
  const demands = (expr: Expr | undefined): boolean => {
    if (expr instanceof Grouping) return demands(expr.group);
    if (expr instanceof Logical) return expr.operator.lexeme === "&&" && expr.args.some(demands);
    if (!(expr instanceof Binary) || expr.operator.lexeme !== "==") return false;
    const sides = [expr.left, expr.right];
    const reads = sides.flatMap((side) => readsOf(side)).map(({ path }) => path.join("."));
    const texts = sides.map((side) => side instanceof Literal && side.literal.coerceString());
    return reads.length === 1 && reads[0] === outcome && texts.includes("failure");
  };
  return demands(parseExpression(condition));
}

/** Whether a condition consists of a value such as `inputs.push`, or demands it with `&&`. */
export function demandsTruthOf(path: string, condition: string): boolean {
  const demands = (expr: Expr | undefined): boolean => {
    if (expr instanceof Grouping) return demands(expr.group);
    if (expr instanceof Logical) return expr.operator.lexeme === "&&" && expr.args.some(demands);
    const [read] = expr instanceof IndexAccess ? readsOf(expr) : [];
    return read?.path.join(".") === path.toLowerCase();
  };
  return demands(parseExpression(condition));
}

/** Whether a condition demands that a value such as `inputs.skip` is false or empty: `!inputs.skip`. */
export function demandsFalsityOf(path: string, condition: string): boolean {
  const demands = (expr: Expr | undefined): boolean => {
    if (expr instanceof Grouping) return demands(expr.group);
    if (expr instanceof Logical) return expr.operator.lexeme === "&&" && expr.args.some(demands);
    if (!(expr instanceof Unary)) return false;
    const inner = expr.expr instanceof Grouping ? expr.expr.group : expr.expr;
    const [read] = inner instanceof IndexAccess ? readsOf(inner) : [];
    return read?.path.join(".") === path.toLowerCase();
  };
  return demands(parseExpression(condition));
}

/** The text, in lower case, that a condition demands a value such as `matrix.registry` to be. */
export function demandedBy(path: string, condition: string): string | undefined {
  return comparedWith(path, condition, "==")[0];
}

/** The texts, in lower case, that a condition demands the value not to be. */
export function refusedBy(path: string, condition: string): string[] {
  return comparedWith(path, condition, "!=");
}

function comparedWith(path: string, condition: string, operator: "==" | "!="): string[] {
  const compared = (expr: Expr | undefined): string[] => {
    if (expr instanceof Grouping) return compared(expr.group);
    if (expr instanceof Logical && expr.operator.lexeme === "&&")
      return expr.args.flatMap(compared);
    if (!(expr instanceof Binary) || expr.operator.lexeme !== operator) return [];
    const { left, right } = expr;
    const literal = [left, right].find((side) => side instanceof Literal);
    // Not what a function makes of it.
    const value = [left, right].find((side) => side instanceof IndexAccess);
    const [read] = readsOf(value);
    const isIt = read?.path.join(".") === path.toLowerCase();
    return isIt && literal ? [literal.literal.coerceString().toLowerCase()] : [];
  };
  return compared(parseExpression(condition));
}
