import { evaluateToken, toText, type Json } from "../language/expression.ts";
import { loadAction, type CompositeAction } from "../language/load-action.ts";
import { literalText } from "../language/scalars.ts";
import type { StepDefinition } from "../language/workflow-file.ts";
import { actionRefusal } from "../action/action-policy.ts";
import { scopeOf, statusName, type ActiveJob } from "../job/active-job.ts";
import type { FoundAction } from "./find-action.ts";
import { githubVariables } from "../job/default-variables.ts";
import { logAction, warnOfUnexpected, type ActionCall } from "./run-action.ts";
import type { StepRecord } from "../records/run-record.ts";
import { StepFailure } from "../action/known-action.ts";

/** How deep composite actions may be nested: `Constants.CompositeActionsMaxDepth` of the runner. */
const MAX_DEPTH = 9;

export type RunStep = (job: ActiveJob, step: StepDefinition, record: StepRecord) => Promise<void>;

/**
 * Runs the steps of a composite action, with their own `inputs` and `steps`, inside the step that
 * uses it.
 * @returns how that step ends
 * @throws StepFailure if it cannot start or is stopped
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/CompositeActionHandler.cs
 */
export async function runComposite(
  job: ActiveJob,
  call: ActionCall,
  found: FoundAction,
  runStep: RunStep,
): Promise<"success" | "failure"> {
  logAction(job, call);
  const action = loadAction(found.name, found.manifest);
  assertAllowed(job, call, action);
  warnOfUnexpected(job, call.given, [...action.inputs.keys()]);
  const inner = insideOf(job, call, found, action);
  for (const step of action.steps) {
    // Its own steps are shown only in the log of the step that uses it.
    await runStep(inner, step, { ...call.record });
  }
  if (call.signal.aborted) throw new StepFailure("The operation was canceled.");
  for (const [name, value] of action.outputs) {
    if (value === undefined) continue;
    call.outputs[name] = toText(evaluateToken(value, scopeOf(inner, inner.env)));
  }
  return inner.failed ? "failure" : "success";
}

function assertAllowed(job: ActiveJob, call: ActionCall, { steps }: CompositeAction): void {
  if (job.depth >= MAX_DEPTH) {
    throw new StepFailure(`Composite action depth exceeded max depth ${MAX_DEPTH}: ${call.uses}`);
  }
  const used = steps.flatMap(({ token }) => literalText(token.find("uses")) ?? []);
  const refusal = actionRefusal(job.host, job.run.event, used);
  if (refusal !== undefined) throw new StepFailure(refusal);
}

/** The job as the steps of the action see it: no secrets, no defaults, and their own status. */
function insideOf(
  job: ActiveJob,
  call: ActionCall,
  { folder, reference }: FoundAction,
  action: CompositeAction,
): ActiveJob {
  const own = {
    action_path: folder,
    action_ref: reference?.ref ?? "",
    action_repository: reference === undefined ? "" : `${reference.owner}/${reference.repo}`,
  };
  const { strategy = null, matrix = null, runner = null } = job.contexts;
  return {
    ...job,
    github: { ...job.github, ...own },
    contexts: { strategy, matrix, runner, inputs: inputsOf(job, call, action) },
    runnerEnv: { ...job.runnerEnv, ...githubVariables(own) },
    defaults: [],
    outerEnv: { ...job.outerEnv, ...call.stepEnv },
    // The status of the job changes only between its own steps.
    identity: { status: statusName(job), ...job.identity },
    steps: new Map(),
    depth: job.depth + 1,
    signal: call.signal,
    failed: false,
  };
}

function inputsOf(
  job: ActiveJob,
  { given }: ActionCall,
  { inputs }: CompositeAction,
): Record<string, Json> {
  const byName = new Map(
    Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  const values = Array.from(inputs, ([name, fallback]) => {
    const value =
      fallback === undefined ? "" : toText(evaluateToken(fallback, scopeOf(job, job.env)));
    return [name, byName.get(name) ?? value] as const;
  });
  return Object.fromEntries(values);
}
