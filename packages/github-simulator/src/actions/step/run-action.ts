import { parseActionReference } from "../action/action-policy.ts";
import { annotate, type ActiveJob } from "../job/active-job.ts";
import type { StepRecord } from "../records/run-record.ts";
import { knownActions } from "../builtin-actions/known-actions.ts";
import { type ActionStep, type KnownAction, StepFailure } from "../action/known-action.ts";
import { runProcess } from "./run-process.ts";

export interface ActionCall {
  readonly uses: string;
  readonly record: StepRecord;
  /** The step's `with`. */
  readonly given: Readonly<Record<string, string>>;
  /** The step's own `env`, and all of its environment. */
  readonly stepEnv: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Record<string, string>;
  readonly signal: AbortSignal;
}

/** The simulator's own version of the action, if there is one. */
export function knownAction(uses: string): KnownAction | undefined {
  const reference = parseActionReference(uses);
  const parts = reference && [reference.owner, reference.repo, reference.path];
  return knownActions[parts?.filter(Boolean).join("/").toLowerCase() ?? ""];
}

/**
 * Runs a `uses:` step with the simulator's version of that action.
 * @throws StepFailure if the action fails
 */
export async function runAction(
  job: ActiveJob,
  call: ActionCall,
  action: KnownAction,
): Promise<void> {
  logAction(job, call);
  warnOfUnexpected(job, call.given, Object.keys(action.inputs));
  await action.run(openStep(job, call, action));
}

export function logAction({ record: { log } }: ActiveJob, { uses, given }: ActionCall): void {
  log.write(`##[group]Run ${uses}`);
  if (Object.keys(given).length > 0) log.write("with:");
  for (const [name, value] of Object.entries(given)) log.write(`  ${name}: ${value}`);
  log.write("##[endgroup]");
}

export function warnOfUnexpected(
  job: ActiveJob,
  given: Readonly<Record<string, string>>,
  inputs: readonly string[],
): void {
  const known = inputs.map((name) => name.toLowerCase());
  const unexpected = Object.keys(given).filter((name) => !known.includes(name.toLowerCase()));
  if (unexpected.length === 0) return;
  const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");
  annotate(
    job,
    "warning",
    `Unexpected input(s) ${list(unexpected)}, valid inputs are [${list(inputs)}]`,
  );
}

function openStep(job: ActiveJob, call: ActionCall, action: KnownAction): ActionStep {
  const { host, run, record } = job;
  const repository = host.repository(run.event.owner, run.event.repo);
  if (repository === undefined) throw new StepFailure("the repository is gone");
  // Names of inputs are not case-sensitive.
  const given = new Map(
    Object.entries(call.given).map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  const untrimmed = (name: string): string => {
    const fallback = (action.inputs[name] ?? "").replace("${{ github.token }}", job.token);
    return given.get(name.toLowerCase()) ?? fallback;
  };
  const input = (name: string): string => untrimmed(name).trim();
  return {
    host,
    repository,
    run,
    event: run.event,
    folders: job.folders,
    env: call.env,
    permissions: record.permissions,
    token: job.token,
    signal: call.signal,
    input,
    refuseInputs(...names) {
      const given = names.find((name) => input(name) !== "");
      if (given !== undefined)
        throw new StepFailure(`the simulator does not know the input ${given}`);
    },
    required(name) {
      if (input(name) !== "") return input(name);
      throw new StepFailure(`Input required and not supplied: ${name}`);
    },
    untrimmed,
    flag(name) {
      const value = input(name);
      if (/^(true|True|TRUE)$/.test(value)) return true;
      if (/^(false|False|FALSE)$/.test(value)) return false;
      throw new StepFailure(
        `Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
          "Support boolean input list: `true | True | TRUE | false | False | FALSE`",
      );
    },
    lines: (name) =>
      input(name)
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("#")),
    info: (text) => record.log.write(text),
    group(title, lines) {
      record.log.write(`##[group]${title}`);
      for (const line of lines) record.log.write(line);
      record.log.write("##[endgroup]");
    },
    warning: (text) => annotate(job, "warning", text),
    setOutput(name, value) {
      call.outputs[name] = value;
    },
    exportVariable(name, value) {
      job.env[name] = value;
    },
    addPath: (folder) => void job.path.unshift(folder),
    mask: (value) => job.mask.add(value),
    summarize(markdown) {
      record.summary += job.mask.apply(markdown);
    },
    succeeded: () => !job.failed && !job.signal.aborted,
    execute: ([command, ...args], folder, onLine = (line) => record.log.write(line)) =>
      runProcess({
        command,
        args,
        folder,
        env: { ...job.runnerEnv, PATH: [...job.path, job.toolPath].join(":") },
        signal: call.signal,
        onLine,
      }).catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }),
    after(post) {
      job.postSteps.push({ name: `Post ${call.record.name}`, run: post });
    },
  };
}
