import { evaluateAs, evaluateToken, toText, type Json } from "../language/expression.ts";
import { isMapping } from "../language/github-language.ts";
import { expandMatrix, type MatrixJob } from "../language/matrix.ts";
import type { JobDefinition } from "../language/workflow-file.ts";
import { expressionScope, type JobScope } from "../job/job-scope.ts";

/** One job that will run: a job of the file in one combination of its matrix. */
export interface JobPlan {
  /** As people see it. */
  readonly name: string;
  readonly labels: readonly string[];
  /** Of `runs-on: { group: … }`. */
  readonly group: string | undefined;
  /** `needs`, `matrix` and `strategy`. */
  readonly contexts: Readonly<Record<string, Json>>;
  readonly failFast: boolean;
  readonly maxParallel: number | undefined;
  readonly continueOnError: boolean;
}

/** https://docs.github.com/en/actions/reference/limits */
const MAX_CONFIGURATIONS = 256;

/** @throws Error for a matrix that cannot be expanded, ExpressionFailure */
export function planJobs(scope: JobScope, job: JobDefinition, needs: Json): JobPlan[] {
  const token = job.token.find("strategy");
  const strategy =
    token === undefined ? {} : asRecord(evaluateToken(token, expressionScope(scope, { needs })));
  const combinations = strategy.matrix === undefined ? [undefined] : expandMatrix(strategy.matrix);
  if (combinations.length > MAX_CONFIGURATIONS) {
    throw new Error(
      `Strategy for job '${job.id}' produced ${combinations.length} configurations which exceeds the maximum of ${MAX_CONFIGURATIONS} configurations`,
    );
  }
  const { "fail-fast": failFast = true, "max-parallel": most = 0 } = strategy;
  if (typeof failFast !== "boolean") throw unexpected("fail-fast", "boolean");
  if (typeof most !== "number") throw unexpected("max-parallel", "number");
  // Like on GitHub, 0 and less mean no limit.
  const maxParallel = most >= 1 ? Math.floor(most) : combinations.length;
  return combinations.map((combination, index) =>
    planJob(scope, job, combination, {
      needs,
      matrix: combination?.values ?? null,
      strategy: {
        "fail-fast": failFast,
        "job-index": index,
        "job-total": combinations.length,
        "max-parallel": maxParallel,
      },
    }),
  );
}

function unexpected(key: string, type: string): Error {
  return new Error(`Unexpected value for 'strategy ${key}': a ${type} was expected`);
}

function planJob(
  scope: JobScope,
  job: JobDefinition,
  combination: MatrixJob | undefined,
  contexts: { needs: Json; matrix: Json; strategy: Record<string, Json> },
): JobPlan {
  const expressions = expressionScope(scope, contexts);
  const name = job.token.find("name");
  // A name with an expression is used as it is; any other one gets the matrix values appended.
  const suffix = name?.isExpression === true ? "" : (combination?.suffix ?? "");
  const shown = name === undefined ? job.id : toText(evaluateToken(name, expressions));
  const mayFail = job.token.find("continue-on-error");
  const failFast = combination !== undefined && contexts.strategy["fail-fast"] === true;
  const maxParallel = combination === undefined ? undefined : contexts.strategy["max-parallel"];
  return {
    name: scope.prefix + shortened(`${shown || job.id}${suffix}`, suffix !== ""),
    labels: labelsOf(job, expressions),
    group: groupOf(job, expressions),
    contexts,
    failFast,
    maxParallel: typeof maxParallel === "number" ? maxParallel : undefined,
    continueOnError: mayFail !== undefined && evaluateAs("boolean", mayFail, expressions),
  };
}

/**
 * GitHub cuts names to which it appended the values of a matrix.
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/JobNameBuilder.cs
 */
function shortened(name: string, isOfMatrix: boolean): string {
  return isOfMatrix && name.length > 100 ? `${name.slice(0, 97)}...` : name;
}

function labelsOf(job: JobDefinition, scope: ReturnType<typeof expressionScope>): string[] {
  const token = job.token.find("runs-on");
  if (token === undefined) return [];
  const labels = isMapping(token) ? token.find("labels") : token;
  const value = labels === undefined ? [] : evaluateToken(labels, scope);
  return Array.isArray(value) ? value.map(toText) : [toText(value)];
}

function groupOf(
  job: JobDefinition,
  scope: ReturnType<typeof expressionScope>,
): string | undefined {
  const token = job.token.find("runs-on");
  const group = token !== undefined && isMapping(token) ? token.find("group") : undefined;
  return group === undefined ? undefined : toText(evaluateToken(group, scope));
}

function asRecord(value: Json): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, Json>)
    : {};
}
