import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Json } from "../language/expression.ts";
import type { ActiveJob } from "../job/active-job.ts";
import { readCommandFiles, type CommandFiles } from "./command-files.ts";
import { githubVariables } from "../job/default-variables.ts";
import { runProcess } from "./run-process.ts";
import { StepFailure } from "../action/known-action.ts";
import { createStepOutput } from "./step-output.ts";

export interface Script {
  readonly number: number;
  readonly text: string;
  readonly shell: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Record<string, string>;
  readonly files: CommandFiles;
  /** The part of the `github` context that belongs to the step. */
  readonly github: Readonly<Record<string, Json>>;
  readonly signal: AbortSignal;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const SHELLS: Readonly<Record<string, string>> = {
  bash: "bash --noprofile --norc -e -o pipefail {0}",
  sh: "sh -e {0}",
  python: "python {0}",
};

/**
 * Runs the script of a `run:` step.
 * @throws StepFailure for an exit code other than 0, and if scripts are off
 */
export async function runScript(job: ActiveJob, script: Script): Promise<void> {
  if (!job.scripts) {
    throw new StepFailure(
      "the simulator was started with scripts off, and executes no `run:` step: switch them on to run it",
    );
  }
  const template =
    script.shell === undefined ? "bash -e {0}" : (SHELLS[script.shell] ?? script.shell);
  if (["pwsh", "powershell", "cmd"].includes(template)) {
    throw new StepFailure(`the simulator does not know the shell '${template}'`);
  }
  if (!template.includes("{0}")) {
    throw new StepFailure(
      "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) or a format string containing '{0}'",
    );
  }
  const folder = resolve(job.folders.workspace, script.workingDirectory ?? ".");
  if (!existsSync(folder)) {
    throw new StepFailure(
      `An error occurred trying to start process '/usr/bin/bash' with working directory '${folder}'. No such file or directory`,
    );
  }
  logHeader(job, script, template);
  const extension = script.shell === "python" ? "py" : "sh";
  const file = join(job.folders.temp, `step-${script.number}.${extension}`);
  writeFileSync(file, script.text);
  const [command = "bash", ...args] = splitArguments(template);
  const output = createStepOutput(job, (name, value) => {
    script.outputs[name] = value;
  });
  const env = withoutDefaults(job, script.env);
  const exitCode = await runProcess({
    command,
    args: args.map((arg) => arg.replace("{0}", file)),
    folder,
    env: {
      ...job.runnerEnv,
      ...env,
      PATH: [...job.path, env["PATH"] ?? job.toolPath].join(":"),
      ...githubVariables(script.github),
    },
    signal: script.signal,
    onLine: output.write,
  }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new StepFailure(`${command}: command not found`);
  });
  // They count whether the script failed or not.
  const unread = readCommandFiles(job, script.files, script.outputs);
  if (exitCode !== 0) throw new StepFailure(`Process completed with exit code ${exitCode}.`);
  output.assertObeyed();
  if (unread !== undefined) throw new StepFailure(unread);
}

/** Parts of a command line, where double quotes keep white space, as .NET splits it for the runner. */
function splitArguments(line: string): string[] {
  return Array.from(line.matchAll(/(?:\\"|"(?:\\"|[^"])*"|[^\s"])+/g), ([part]) =>
    part.replaceAll(/(\\)?"/g, (_, escaped?: string) => (escaped === undefined ? "" : '"')),
  );
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
