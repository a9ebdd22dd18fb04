import { Grouping, Logical, Unary, type Expr } from "@actions/expressions/ast";
import type { PublicationStart } from "../publication.ts";
import { ownEvents } from "./events.ts";
import { evaluate, parseExpression, readsOf, soleExpression } from "./expressions.ts";
import type { Push } from "./pushes.ts";
import type { Job, Repository, Step } from "./repository.ts";
import type { SourceFile } from "./source-file.ts";
import { textOf } from "./yaml-reader.ts";

/** Reusable workflows call others; GitHub stops at ten. */
const deepestCall = 10;

/**
 * The workflows whose runs contain a job: its own, if events start it, and those that call it.
 *
 * @param pushes what the job pushes to the registry
 */
export function startsOf(
  repository: Repository,
  job: Job,
  pushes: readonly Push[],
): PublicationStart[] {
  const when = [conditionOf(job), ...pushConditions(pushes)];
  return startsOfFile(repository, job.file, when, deepestCall);
}

function startsOfFile(
  repository: Repository,
  file: SourceFile,
  when: readonly (string | undefined)[],
  depth: number,
): PublicationStart[] {
  const events = ownEvents(file).filter((event) => event !== "workflow_call");
  const conditions = when.filter((each) => each !== undefined);
  const own = {
    path: file.path,
    events,
    ...(events.includes("push") && { push: pushFilter(file) }),
    conditions,
  };
  const callers = depth > 0 ? repository.callersOf(file) : [];
  return [
    ...(events.length > 0 ? [own] : []),
    ...callers.flatMap((job) =>
      startsOfFile(repository, job.file, [conditionOf(job), ...conditions], depth - 1),
    ),
  ];
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore */
function pushFilter({ yaml, root }: SourceFile): NonNullable<PublicationStart["push"]> {
  const push = yaml.at(root, "on", "push");
  const list = (key: string) => {
    const node = yaml.at(push, key);
    if (!node) return undefined;
    const one = textOf(node);
    const texts = one === undefined ? yaml.items(node).map(textOf) : [one];
    return texts.filter((text) => text !== undefined);
  };
  return {
    branches: list("branches"),
    branchesIgnore: list("branches-ignore"),
    tags: list("tags"),
    tagsIgnore: list("tags-ignore"),
    hasPaths: ["paths", "paths-ignore"].some((key) => yaml.at(push, key)),
  };
}

/** The `if` of a job or step, as an expression. */
export function conditionOf({ file, node }: Pick<Job | Step, "file" | "node">): string | undefined {
  const text = textOf(file.yaml.at(node, "if"));
  if (text === undefined) return undefined;
  const sole = soleExpression(text);
  if (sole) return sole.expression.trim();
  // With text around it, an expression is always true.
  return text.includes("${{") ? undefined : text.trim();
}

/** The condition that at least one push is on; empty if one of them always is. */
function pushConditions(pushes: readonly Push[]): string[] {
  const each = pushes.map(({ step, condition }) => {
    const steps = [...callersOf(step), step].map(conditionOf);
    return [...steps, condition === undefined ? undefined : switchOf(condition)].filter(
      (part) => part !== undefined,
    );
  });
  if (each.length === 0 || each.some((parts) => parts.length === 0)) return [];
  const texts = each.map((parts) => parts.map((part) => `(${part})`).join(" && "));
  return [[...new Set(texts)].map((text) => `(${text})`).join(" || ")];
}

/** The steps that run the composite actions in which a step stands, the outermost first. */
export function callersOf({ caller }: Step): Step[] {
  return caller ? [...callersOf(caller), caller] : [];
}

/** `push: true`, or an expression. */
export function switchOf(text: string): string | undefined {
  const sole = soleExpression(text);
  if (sole) return sole.expression.trim();
  return text.trim().toLowerCase() === "false" ? "false" : undefined;
}

/**
 * Whether a condition can be true with the known values; `undefined` if they do not decide it.
 *
 * @param values by context and name
 */
export function holds(
  condition: string,
  values: Readonly<Record<string, Readonly<Record<string, string>>>>,
): boolean | undefined {
  const decide = (expr: Expr): boolean | undefined => {
    if (expr instanceof Grouping) return decide(expr.group);
    if (expr instanceof Unary) {
      const inner = decide(expr.expr);
      return inner === undefined ? undefined : !inner;
    }
    if (expr instanceof Logical) {
      const parts = expr.args.map(decide);
      const decisive = expr.operator.lexeme === "||";
      if (parts.includes(decisive)) return decisive;
      return parts.includes(undefined) ? undefined : !decisive;
    }
    const reads = readsOf(expr);
    const isKnown = reads.every(
      ({ path: [context = "", name = "", ...rest] }) =>
        rest.length === 0 && values[context]?.[name] !== undefined,
    );
    return isKnown ? truth(evaluate(expr, values)) : undefined;
  };
  const expr = parseExpression(condition);
  return expr && decide(expr);
}

function truth(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : !["", "false", "0"].includes(text);
}
