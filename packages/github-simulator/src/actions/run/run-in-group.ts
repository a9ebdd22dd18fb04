import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import {
  evaluateAs,
  evaluateToken,
  messageOf,
  toText,
  type ExpressionScope,
  type Json,
} from "../language/expression.ts";
import { isMapping } from "../language/github-language.ts";
import { literalText } from "../language/scalars.ts";
import type { Concurrency } from "../job/concurrency-groups.ts";
import { expressionScope, type JobScope } from "../job/job-scope.ts";
import type { RunnerParts } from "../job/runner-parts.ts";

/** Something that waits for its turn: a run, a job, or a reusable workflow. */
interface GroupedWork<Result> {
  readonly concurrency: TemplateToken | undefined;
  /** `needs`, `matrix` and `strategy`. */
  readonly contexts?: Readonly<Record<string, Json>>;
  onWait?(): void;
  /** A newer one cancels it while it runs. */
  onReplaced?(reason: string): void;
  /** Cancelled if a newer one replaced it, or it would wait for itself; failed if the group is invalid. */
  onRefusal(reason: string, result: "cancelled" | "failure"): Result;
  run(scope: JobScope): Promise<Result>;
}

/** Runs something when its `concurrency` group allows it. */
export async function runInGroup<Result>(
  parts: RunnerParts,
  scope: JobScope,
  work: GroupedWork<Result>,
): Promise<Result> {
  if (work.concurrency === undefined) return work.run(scope);
  let concurrency: Concurrency;
  try {
    concurrency = readConcurrency(work.concurrency, expressionScope(scope, work.contexts));
  } catch (error) {
    return work.onRefusal(messageOf(error), "failure");
  }
  const { group } = concurrency;
  const { owner, repo } = scope.run.event;
  // Each repository has its own groups; names are not case sensitive.
  const key = `${owner}/${repo}#${group}`.toLowerCase();
  if (scope.heldGroups.includes(key)) {
    return work.onRefusal(
      `Canceling since a deadlock was detected for concurrency group: '${group}' between a top level workflow and '${scope.workflow.name}'`,
      "cancelled",
    );
  }
  const replaced = new AbortController();
  const member = { group, reason: "The job was canceled.", cancel };
  const leave = (): void => parts.groups.leave(key, member);
  work.onWait?.();
  scope.signal.addEventListener("abort", leave, { once: true });
  const granted = await parts.groups.enter(key, member, concurrency);
  scope.signal.removeEventListener("abort", leave);
  if (!granted) return work.onRefusal(member.reason, "cancelled");
  try {
    return await work.run({
      ...scope,
      heldGroups: [...scope.heldGroups, key],
      signal: AbortSignal.any([scope.signal, replaced.signal]),
    });
  } finally {
    leave();
  }

  function cancel(reason: string): void {
    member.reason = reason;
    work.onReplaced?.(reason);
    replaced.abort();
  }
}

/**
 * Evaluates `concurrency` of a workflow or a job.
 * @throws Error for what GitHub refuses
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/WorkflowTemplateConverter.cs
 */
function readConcurrency(token: TemplateToken, scope: ExpressionScope): Concurrency {
  const find = (key: string) => (isMapping(token) ? token.find(key) : undefined);
  const group = toText(evaluateToken(find("group") ?? token, scope));
  const cancels = find("cancel-in-progress");
  const cancelInProgress = cancels !== undefined && evaluateAs("boolean", cancels, scope);
  const queues = literalText(find("queue")) === "max";
  if (group === "") throw new Error("Concurrency group name cannot be empty");
  if (group.length > 400) {
    throw new Error("Concurrency group name must be less than 400 characters");
  }
  if (queues && cancelInProgress) {
    throw new Error("concurrency: 'queue: max' and 'cancel-in-progress: true' exclude each other");
  }
  return { group, cancelInProgress, queues };
}
