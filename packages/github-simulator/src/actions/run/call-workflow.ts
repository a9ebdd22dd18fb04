import { literalText } from "../language/scalars.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import { callInputs, typeInput } from "../language/workflow-checks.ts";
import { evaluateTexts, evaluateToken, toText, type Json } from "../language/expression.ts";
import { isMapping } from "../language/github-language.ts";
import { resolvePermissions } from "../language/permissions.ts";
import type { CallJob } from "../language/workflow-file.ts";
import { defaultPermissionsOf } from "../job/secrets-of-run.ts";
import { expressionScope, type JobOutcome, type JobScope } from "../job/job-scope.ts";
import type { JobPlan } from "./plan-jobs.ts";

/** Enters a reusable workflow: its own inputs and secrets, the caller's `github` context. */
export function callWorkflow(
  host: ActionsHost,
  scope: JobScope,
  job: CallJob,
  plan: JobPlan,
): {
  scope: JobScope;
  outputs(outcomes: ReadonlyMap<string, JobOutcome>): Record<string, string>;
} {
  const { github } = scope;
  const caller = expressionScope(scope, {
    ...plan.contexts,
    github: { ...github, token: LATER_TOKEN },
    secrets: { ...scope.secrets, github_token: LATER_TOKEN },
  });
  const secrets = job.token.find("secrets");
  const inner: JobScope = {
    ...scope,
    workflow: job.called,
    prefix: `${plan.name} / `,
    callers: [...scope.callers, job.id],
    inputs: Object.fromEntries(
      callInputs(scope.workflow.place, job).map((input) => {
        const expressions = input.isGiven ? caller : expressionScope(scope);
        const value = input.token === undefined ? null : evaluateToken(input.token, expressions);
        return [input.name, typeInput(input, value)];
      }),
    ),
    secrets: literalText(secrets) === "inherit" ? scope.secrets : evaluateTexts(secrets, caller),
    limit: resolvePermissions(
      [job.token.find("permissions"), scope.workflow.permissions],
      defaultPermissionsOf(host, scope.run.event),
      scope.limit,
    ),
  };
  return {
    scope: inner,
    outputs(outcomes) {
      const jobs: Json = Object.fromEntries(outcomes);
      const definitions = Array.from(job.called.call.outputs ?? []).map(({ key, value }) => {
        const token = isMapping(value) ? value.find("value") : undefined;
        const text =
          token === undefined ? "" : toText(evaluateToken(token, expressionScope(inner, { jobs })));
        return [key.toString(), text];
      });
      return Object.fromEntries(definitions) as Record<string, string>;
    },
  };
}

/** Stands for a token that does not exist yet, where a caller passes it on. */
const LATER_TOKEN = "\u0000GITHUB_TOKEN\u0000";

/** Puts the token of a job where its callers passed "the token" on. */
export function withToken<T extends Json>(
  values: Readonly<Record<string, T>>,
  token: string,
): Record<string, T> {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "string" ? value.replaceAll(LATER_TOKEN, token) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, T>;
}
