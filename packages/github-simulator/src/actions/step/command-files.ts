import { messageOf } from "../language/expression.ts";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { annotate, type ActiveJob } from "../job/active-job.ts";

/** Files in which a step writes for the runner, such as `GITHUB_ENV`; `github.env` and so on name them. */
export interface CommandFiles {
  readonly env: string;
  readonly output: string;
  readonly path: string;
  readonly state: string;
  readonly step_summary: string;
}

/** Empty files for one step. @param step its number */
export function createCommandFiles({ folders }: ActiveJob, step: number): CommandFiles {
  const folder = join(folders.temp, "_runner_file_commands");
  mkdirSync(folder, { recursive: true });
  const create = (name: string): string => {
    const file = join(folder, `${name}_${step}`);
    writeFileSync(file, "");
    return file;
  };
  return {
    env: create("set_env"),
    output: create("set_output"),
    path: create("add_path"),
    state: create("save_state"),
    step_summary: create("step_summary"),
  };
}

/**
 * Applies what a step wrote into its files.
 * @param outputs of the step
 * @returns what was wrong with one of them, in the runner's wording
 */
export function readCommandFiles(
  job: ActiveJob,
  files: CommandFiles,
  outputs: Record<string, string>,
): string | undefined {
  let problem: string | undefined;
  // What stands before a wrong line counts.
  const read = (kind: "env" | "output", apply: (name: string, value: string) => void): void => {
    try {
      for (const pair of parseFileCommand(readFileSync(files[kind], "utf8"))) apply(...pair);
    } catch (error) {
      annotate(job, "failure", `Unable to process file command '${kind}' successfully.`);
      problem ??= messageOf(error);
    }
  };
  read("env", (name, value) => {
    if (name.toUpperCase() === "NODE_OPTIONS") {
      const reason = "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.";
      annotate(job, "failure", reason);
    } else job.env[name] = value;
  });
  read("output", (name, value) => {
    outputs[name] = value;
  });
  const paths = readFileSync(files.path, "utf8").split("\n");
  job.path.unshift(...paths.filter((path) => path !== "").reverse());
  const summary = readFileSync(files.step_summary);
  const [size, most] = [Math.floor(summary.length / 1024), 1024];
  if (summary.length <= most * 1024) job.record.summary += job.mask.apply(summary.toString());
  else {
    const reason = `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${most}k, got ${size}k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary`;
    annotate(job, "failure", reason);
  }
  return problem;
}

/**
 * Reads what a step wrote to `GITHUB_OUTPUT` or `GITHUB_ENV`: `name=value` lines and
 * `name<<DELIMITER` blocks.
 * @throws Error with the runner's wording for anything else
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
 */
function* parseFileCommand(content: string): Generator<[name: string, value: string]> {
  const lines = content.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const [, name, separator, rest = ""] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw new Error(`Invalid format '${line}'`);
    if (separator === "=") {
      yield [name, rest];
      continue;
    }
    if (name === "" || rest === "") {
      throw new Error(
        `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
      );
    }
    const end = lines.indexOf(rest, index + 1);
    if (end < 0) {
      const isCutOff = index < lines.length - 1 && lines.at(-1) !== "";
      throw new Error(
        isCutOff
          ? "Invalid value. EOF marker missing new line."
          : `Invalid value. Matching delimiter not found '${rest}'`,
      );
    }
    yield [name, lines.slice(index + 1, end).join("\n")];
    index = end;
  }
}
