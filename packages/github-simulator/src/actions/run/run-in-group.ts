import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import {
  evaluateToken,
  isTruthy,
  toText,
  type ExpressionScope,
  type Json,
} from "../language/expression.ts";
import { isMapping } from "../language/github-language.ts";
import { expressionScope, type JobOutcome, type JobScope } from "../job/job-scope.ts";
import type { RunnerParts } from "../job/runner-parts.ts";

/** Something that waits for its turn: a job, or a reusable workflow. */
export interface GroupedWork {
  readonly concurrency: TemplateToken | undefined;
  /** `needs`, `matrix` and `strategy`. */
  readonly contexts: Readonly<Record<string, Json>>;
  onWait(): void;
  /** A newer one replaced it, or it would wait for itself. */
  onRefusal(reason: string): JobOutcome;
  run(scope: JobScope): Promise<JobOutcome>;
}

/** Runs something when its `concurrency` group allows it. */
export async function runInGroup(
  parts: RunnerParts,
  scope: JobScope,
  work: GroupedWork,
): Promise<JobOutcome> {
  if (work.concurrency === undefined) return work.run(scope);
  const { group, cancelInProgress } = readConcurrency(
    work.concurrency,
    expressionScope(scope, work.contexts),
  );
  const key = groupKey(scope.run.event, group);
  if (scope.heldGroups.includes(key)) {
    return work.onRefusal(
      `Canceling since a deadlock was detected for concurrency group: '${group}' between a top level workflow and '${scope.workflow.name}'`,
    );
  }
  const replaced = new AbortController();
  const member = { group, reason: "The job was canceled.", cancel };
  const leave = (): void => parts.groups.leave(key, member);
  work.onWait();
  scope.signal.addEventListener("abort", leave, { once: true });
  try {
    const granted = await parts.groups.enter(key, member, cancelInProgress);
    if (!granted) return work.onRefusal(member.reason);
    return await work.run({
      ...scope,
      heldGroups: [...scope.heldGroups, key],
      signal: AbortSignal.any([scope.signal, replaced.signal]),
    });
  } finally {
    scope.signal.removeEventListener("abort", leave);
    leave();
  }

  function cancel(reason: string): void {
    member.reason = reason;
    replaced.abort();
  }
}

/** Evaluates `concurrency` of a workflow or a job. */
export function readConcurrency(
  token: TemplateToken,
  scope: ExpressionScope,
): { group: string; cancelInProgress: boolean } {
  if (!isMapping(token))
    return { group: toText(evaluateToken(token, scope)), cancelInProgress: false };
  const group = token.find("group");
  const cancel = token.find("cancel-in-progress");
  return {
    group: group === undefined ? "" : toText(evaluateToken(group, scope)),
    cancelInProgress: cancel !== undefined && isTruthy(evaluateToken(cancel, scope)),
  };
}

/** Each repository has its own groups; names are not case sensitive. */
export function groupKey({ owner, repo }: { owner: string; repo: string }, group: string): string {
  return `${owner}/${repo}#${group}`.toLowerCase();
}
