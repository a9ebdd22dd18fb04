import { parseActionReference } from "./action-reference.ts";
import { annotate, type ActiveJob } from "./active-job.ts";
import { knownActions } from "../known/known-actions.ts";
import type { ActionStep, KnownAction } from "../known/known-action.ts";
import { StepFailure } from "./step-failure.ts";

export interface ActionCall {
  readonly uses: string;
  /** The step's, as people see it. */
  readonly name: string;
  readonly given: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Record<string, string>;
  readonly signal: AbortSignal;
}

/**
 * Runs a `uses:` step with what the simulator knows of that action.
 * @throws StepFailure where the action fails or is not known
 */
export async function runAction(job: ActiveJob, call: ActionCall): Promise<void> {
  const { log } = job.record;
  log.write(`##[group]Run ${call.uses}`);
  if (Object.keys(call.given).length > 0) log.write("with:");
  for (const [name, value] of Object.entries(call.given)) log.write(`  ${name}: ${value}`);
  log.write("##[endgroup]");
  const reference = parseActionReference(call.uses);
  const parts = reference && [reference.owner, reference.repo, reference.path];
  const action = knownActions[parts?.filter(Boolean).join("/").toLowerCase() ?? ""];
  if (action === undefined) {
    throw new StepFailure(`the simulator does not know the action ${call.uses}`);
  }
  const unexpected = Object.keys(call.given).filter((name) => !(name in action.inputs));
  if (unexpected.length > 0) {
    const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");
    annotate(
      job,
      "warning",
      `Unexpected input(s) ${list(unexpected)}, valid inputs are [${list(Object.keys(action.inputs))}]`,
    );
  }
  await action.run(openStep(job, call, action));
}

function openStep(job: ActiveJob, call: ActionCall, action: KnownAction): ActionStep {
  const { host, run, record } = job;
  const repository = host.repository(run.event.owner, run.event.repo);
  if (repository === undefined) throw new StepFailure("the repository is gone");
  const untrimmed = (name: string): string => {
    const fallback = (action.inputs[name] ?? "").replace("${{ github.token }}", job.token);
    return call.given[name] ?? fallback;
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
    after(post) {
      job.postSteps.push({
        name: `Post ${call.name}`,
        run: async () => {
          await post();
        },
      });
    },
  };
}
