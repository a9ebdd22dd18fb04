import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ActiveJob } from "./active-job.ts";
import { parseFileCommand } from "./file-command.ts";
import { runProcess } from "./run-process.ts";
import { StepFailure } from "./step-failure.ts";
import { createStepOutput } from "./step-output.ts";

export interface Script {
  readonly number: number;
  readonly text: string;
  readonly shell: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Record<string, string>;
  readonly signal: AbortSignal;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const SHELLS: Readonly<Record<string, string>> = {
  bash: "bash --noprofile --norc -eo pipefail {0}",
  sh: "sh -e {0}",
  python: "python {0}",
};

/**
 * Runs the script of a `run:` step.
 * @throws StepFailure for an exit code other than 0
 */
export async function runScript(job: ActiveJob, script: Script): Promise<void> {
  const template =
    script.shell === undefined ? "bash -e {0}" : (SHELLS[script.shell] ?? script.shell);
  if (!template.includes("{0}")) {
    throw new StepFailure(`the simulator does not know the shell ${script.shell ?? ""}`);
  }
  const folder = resolve(job.folders.workspace, script.workingDirectory ?? ".");
  if (!existsSync(folder)) {
    throw new StepFailure(
      `An error occurred trying to start process '/usr/bin/bash' with working directory '${folder}'. No such file or directory`,
    );
  }
  logHeader(job, script, template);
  const files = createCommandFiles(job, script.number);
  const file = join(job.folders.temp, `step-${script.number}.sh`);
  writeFileSync(file, script.text);
  const [command = "bash", ...args] = template.split(/\s+/);
  const exitCode = await runProcess({
    command,
    args: args.map((arg) => arg.replace("{0}", file)),
    folder,
    env: {
      ...job.runnerEnv,
      PATH: [...job.path, job.toolPath].join(":"),
      ...withoutDefaults(job, script.env),
      ...files,
    },
    signal: script.signal,
    onLine: createStepOutput(job, (name, value) => {
      script.outputs[name] = value;
    }),
  });
  readCommandFiles(job, script, files);
  if (exitCode !== 0) throw new StepFailure(`Process completed with exit code ${exitCode}.`);
}

/**
 * The default variables of GitHub and the runner cannot be overwritten; `CI` and `HOME` can.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
function withoutDefaults(
  { runnerEnv }: ActiveJob,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !(name in runnerEnv && /^(GITHUB|RUNNER)_/.test(name))),
  );
}

function logHeader(job: ActiveJob, script: Script, template: string): void {
  const { log } = job.record;
  const lines = script.text.trimEnd().split("\n");
  log.write(`##[group]Run ${lines[0] ?? ""}`);
  for (const line of lines) log.write(line);
  log.write(`shell: /usr/bin/${template}`);
  const env = Object.entries(script.env);
  if (env.length > 0) log.write("env:");
  for (const [name, value] of env) log.write(`  ${name}: ${value}`);
  log.write("##[endgroup]");
}

interface CommandFiles extends Record<string, string> {
  readonly GITHUB_ENV: string;
  readonly GITHUB_OUTPUT: string;
  readonly GITHUB_PATH: string;
  readonly GITHUB_STATE: string;
  readonly GITHUB_STEP_SUMMARY: string;
}

function createCommandFiles(job: ActiveJob, step: number): CommandFiles {
  const folder = join(job.folders.temp, "_runner_file_commands");
  mkdirSync(folder, { recursive: true });
  const create = (name: string): string => {
    const file = join(folder, `${name}_${step}`);
    writeFileSync(file, "");
    return file;
  };
  return {
    GITHUB_ENV: create("set_env"),
    GITHUB_OUTPUT: create("set_output"),
    GITHUB_PATH: create("add_path"),
    GITHUB_STATE: create("save_state"),
    GITHUB_STEP_SUMMARY: create("step_summary"),
  };
}

function readCommandFiles(job: ActiveJob, script: Script, files: CommandFiles): void {
  try {
    for (const [name, value] of parseFileCommand(readFileSync(files.GITHUB_ENV, "utf8"))) {
      if (name === "NODE_OPTIONS") {
        throw new StepFailure(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
      }
      job.env[name] = value;
    }
    const outputs = parseFileCommand(readFileSync(files.GITHUB_OUTPUT, "utf8"));
    for (const [name, value] of outputs) script.outputs[name] = value;
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    throw new StepFailure(`Unable to process file command successfully. ${String(error)}`);
  }
  const paths = readFileSync(files.GITHUB_PATH, "utf8").split("\n");
  job.path.unshift(...paths.filter((path) => path.trim() !== "").reverse());
  job.record.summary += job.mask.apply(readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"));
}
