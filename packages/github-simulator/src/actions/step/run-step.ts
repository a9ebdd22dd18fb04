import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { parseActionReference } from "../action/action-policy.ts";
import { type ActiveJob, annotate, scopeOf, type StepResult } from "../job/active-job.ts";
import { untilUnwanted } from "../job/cancellation.ts";
import {
  evaluateAs,
  evaluateTexts,
  evaluateToken,
  type ExpressionScope,
  isTruthy,
  type Json,
  toText,
  messageOf,
} from "../language/expression.ts";
import { isBasicExpression, isMapping } from "../language/github-language.ts";
import { literalText } from "../language/scalars.ts";
import type { StepDefinition } from "../language/workflow-file.ts";
import type { StepRecord } from "../records/run-record.ts";
import { type CommandFiles, createCommandFiles } from "./command-files.ts";
import { findAction } from "./find-action.ts";
import { knownAction, runAction } from "./run-action.ts";
import { runComposite } from "./run-composite.ts";
import { runScript } from "./run-script.ts";

/** Runs one step of a job, if its condition holds. */
export async function runStep(
  job: ActiveJob,
  step: StepDefinition,
  record: StepRecord,
): Promise<void> {
  const result: StepResult = { outputs: {}, outcome: "success", conclusion: "success" };
  let own: Readonly<Record<string, string>> = {};
  try {
    const files = createCommandFiles(job, record.number);
    const github = { ...actionOf(step), ...files };
    const around = { ...job.env, ...job.outerEnv };
    record.name = job.mask.apply(stepName(step, scopeOf(job, around, github)));
    const given = evaluateTexts(step.token.find("env"), scopeOf(job, around, github));
    const env = (own = { ...around, ...given });
    const isWanted = (): boolean =>
      isTruthy(evaluateToken(step.condition, scopeOf(job, env, github)));
    const active = { step, record, files, github, given, env, isWanted };
    if (!job.run.forced.signal.aborted && isWanted()) {
      record.status = "in_progress";
      record.startedAt = job.host.now();
      job.record.log.startStep(record.number);
      await runWithin(job, active, result);
    } else {
      result.outcome = "skipped";
    }
  } catch (error) {
    annotate(job, "failure", messageOf(error));
    result.outcome = "failure";
  }
  result.conclusion = result.outcome;
  if (result.outcome === "failure" && mayFail(job, step, own)) result.conclusion = "success";
  if (result.conclusion === "failure") job.failed = true;
  if (step.hasOwnId) job.steps.set(step.id, result);
  record.status = "completed";
  record.conclusion = result.conclusion;
  record.completedAt = job.host.now();
}

/** A step while it runs. */
interface ActiveStep {
  readonly step: StepDefinition;
  readonly record: StepRecord;
  readonly files: CommandFiles;
  /** The part of the `github` context that belongs to the step. */
  readonly github: Readonly<Record<string, Json>>;
  /** Its own `env`. */
  readonly given: Readonly<Record<string, string>>;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether its condition is true, at the moment. */
  isWanted(): boolean;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context */
function actionOf({ id, token }: StepDefinition): Record<string, Json> {
  const uses = parseActionReference(literalText(token.find("uses")) ?? "");
  if (uses === undefined) return { action: id };
  return {
    action: id,
    action_ref: uses.ref,
    action_repository: `${uses.owner}/${uses.repo}`,
  };
}

/** Runs the step, and stops it when its time is over or the job is cancelled. */
async function runWithin(job: ActiveJob, active: ActiveStep, result: StepResult): Promise<void> {
  const { step, record } = active;
  const limit = step.token.find("timeout-minutes");
  const scope = scopeOf(job, active.env, active.github);
  const minutes = limit === undefined ? 0 : evaluateAs("number", limit, scope);
  // Like in the runner, 0 means no limit; the job's limit applies in any case.
  const timeout = minutes > 0 ? timeoutOf(minutes) : undefined;
  await untilUnwanted(job.run, job.signal, active.isWanted, async (cancelled) => {
    const signal = AbortSignal.any([cancelled, ...(timeout === undefined ? [] : [timeout])]);
    try {
      result.outcome = await runBody(job, active, result, signal);
    } catch (error) {
      if (cancelled.aborted) {
        job.record.log.write("##[error]The operation was canceled.");
        result.outcome = "cancelled";
        return;
      }
      if (timeout?.aborted === true) {
        throw new Error(`The action '${record.name}' has timed out after ${minutes} minutes.`, {
          cause: error,
        });
      }
      throw error;
    }
  });
}

/** No step outlasts its job, which ends after six hours; and timers do not support much larger numbers. */
function timeoutOf(minutes: number): AbortSignal {
  return AbortSignal.timeout(Math.min(minutes, 24 * 60) * 60_000);
}

async function runBody(
  job: ActiveJob,
  { step, record, files, github, given: stepEnv, env }: ActiveStep,
  { outputs }: StepResult,
  signal: AbortSignal,
): Promise<"success" | "failure"> {
  const scope = scopeOf(job, env, github);
  const textAt = (name: string): string | undefined => {
    const token = step.token.find(name) ?? runDefault(job, name);
    return token === undefined ? undefined : toText(evaluateToken(token, scope));
  };
  const uses = literalText(step.token.find("uses"));
  if (uses !== undefined) {
    const given = evaluateTexts(step.token.find("with"), scope);
    const call = { uses, record, given, stepEnv, env, outputs, signal };
    const action = knownAction(uses);
    if (action === undefined) return runComposite(job, call, findAction(job, uses), runStep);
    await runAction(job, call, action);
    return "success";
  }
  await runScript(job, {
    number: record.number,
    text: textAt("run") ?? "",
    shell: textAt("shell"),
    workingDirectory: textAt("working-directory"),
    env,
    outputs,
    files,
    github,
    signal,
  });
  return "success";
}

/** `defaults.run.shell` and `defaults.run.working-directory`, the job's before the workflow's. */
function runDefault(job: ActiveJob, name: string) {
  for (const defaults of job.defaults) {
    const run = isMapping(defaults) ? defaults.find("run") : undefined;
    const value = run !== undefined && isMapping(run) ? run.find(name) : undefined;
    if (value !== undefined && name !== "run") return value;
  }
  return undefined;
}

function mayFail(
  job: ActiveJob,
  step: StepDefinition,
  env: Readonly<Record<string, string>>,
): boolean {
  const token = step.token.find("continue-on-error");
  try {
    return token !== undefined && evaluateAs("boolean", token, scopeOf(job, env));
  } catch (error) {
    annotate(job, "failure", messageOf(error));
    return false;
  }
}

/**
 * The name that people see: given, or `Run <first line>`. An expression in it that cannot be evaluated
 * (yet) is shown as text.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs
 */
export function stepName({ token }: StepDefinition, scope: ExpressionScope): string {
  const name = token.find("name");
  if (name !== undefined) return firstLine(textOf(name, scope));
  const body = token.find("uses") ?? token.find("run");
  return `Run ${body === undefined ? "" : firstLine(textOf(body, scope))}`;
}

function textOf(token: TemplateToken, scope: ExpressionScope): string {
  try {
    return toText(evaluateToken(token, scope));
  } catch {
    return isBasicExpression(token)
      ? (token.source ?? token.expression)
      : (literalText(token) ?? "");
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
