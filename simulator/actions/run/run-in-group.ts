import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { evaluateToken, isTruthy, type ExpressionScope } from "../language/expression.ts";
import { isMapping } from "../language/github-language.ts";
import { endJob } from "./job-record.ts";
import { expressionScope, groupName, type JobOutcome, type JobScope } from "./job-scope.ts";
import type { JobPlan } from "./plan-jobs.ts";
import type { JobRecord } from "./run-record.ts";
import type { RunnerParts } from "./runner-parts.ts";

/** Runs a job when its `concurrency` group lets it. */
export async function runInGroup(
  parts: RunnerParts,
  scope: JobScope,
  concurrency: TemplateToken | undefined,
  plan: JobPlan,
  record: JobRecord,
  run: (signal: AbortSignal) => Promise<JobOutcome>,
): Promise<JobOutcome> {
  if (concurrency === undefined) return run(scope.signal);
  const { group, cancelInProgress } = readConcurrency(
    concurrency,
    expressionScope(scope, plan.contexts),
  );
  const { owner, repo } = scope.run.event;
  const key = `${owner}/${repo}#${group}`;
  const replaced = new AbortController();
  let reason = "The job was canceled.";
  const member = {
    cancel: (why: string) => {
      reason = why;
      replaced.abort();
    },
  };
  const leave = (): void => parts.groups.leave(key, member);
  record.status = "pending";
  scope.signal.addEventListener("abort", leave, { once: true });
  try {
    const granted = await parts.groups.enter(key, member, cancelInProgress);
    if (!granted) return endJob(parts, record, "cancelled", reason);
    return await run(AbortSignal.any([scope.signal, replaced.signal]));
  } finally {
    scope.signal.removeEventListener("abort", leave);
    leave();
  }
}

/** Evaluates `concurrency` of a workflow or a job. */
export function readConcurrency(
  token: TemplateToken,
  scope: ExpressionScope,
): { group: string; cancelInProgress: boolean } {
  if (!isMapping(token))
    return { group: groupName(evaluateToken(token, scope)), cancelInProgress: false };
  const group = token.find("group");
  const cancel = token.find("cancel-in-progress");
  return {
    group: group === undefined ? "" : groupName(evaluateToken(group, scope)),
    cancelInProgress: cancel !== undefined && isTruthy(evaluateToken(cancel, scope)),
  };
}
