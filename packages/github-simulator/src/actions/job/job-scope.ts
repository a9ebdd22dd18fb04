import type { ExpressionScope, Json } from "../language/expression.ts";
import type { Permissions } from "../language/permissions.ts";
import type { WorkflowFile } from "../language/workflow-file.ts";
import type { JobRecord, Run } from "../records/run-record.ts";

export type JobResult = "success" | "failure" | "cancelled" | "skipped";

/** What a job's dependents see of it. */
export type JobOutcome = {
  readonly result: JobResult;
  readonly outputs: Readonly<Record<string, string>>;
};

/** The jobs of one workflow file in a run: the run's own file, or one that a job calls. */
export interface JobScope {
  readonly run: Run;
  readonly workflow: WorkflowFile;
  /** Prefix of the jobs' names: empty, or `caller / `. */
  readonly prefix: string;
  /** Keys of the jobs that called this workflow, outermost first. */
  readonly callers: readonly string[];
  readonly github: Readonly<Record<string, Json>>;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** The calling job's permissions, as the limit. */
  readonly limit: Permissions | undefined;
  /** Jobs of an earlier attempt that do not run again, by name. */
  readonly kept: ReadonlyMap<string, { record: JobRecord; outcome: JobOutcome }>;
  /** Outcomes of this attempt, by the name of the job. */
  readonly finished: Map<string, { record: JobRecord; outcome: JobOutcome }>;
  /** Concurrency groups that this work is already in. */
  readonly heldGroups: readonly string[];
  readonly signal: AbortSignal;
}

/** What expressions outside a job's steps see. */
export function expressionScope(
  scope: JobScope,
  more: Readonly<Record<string, Json>> = {},
): ExpressionScope {
  const { github, inputs, variables } = scope;
  return { contexts: { github, inputs, vars: variables, secrets: scope.secrets, ...more } };
}
