import { annotate, type ActiveJob } from "./active-job.ts";
import type { Annotation } from "./run-record.ts";
import { parseWorkflowCommand, type WorkflowCommand } from "./workflow-command.ts";

const LEVELS: Readonly<Record<string, Annotation["level"]>> = {
  notice: "notice",
  warning: "warning",
  error: "failure",
};

/**
 * Writes what a step prints to the log and obeys the workflow commands in it.
 * @param setOutput called for the old `::set-output::`
 */
export function createStepOutput(
  job: ActiveJob,
  setOutput: (name: string, value: string) => void,
): (line: string) => void {
  let resumeToken: string | undefined;
  const { log } = job.record;
  const obey = ({ name, properties, message }: WorkflowCommand): void => {
    const level = LEVELS[name];
    if (level !== undefined) return annotate(job, level, message, placeOf(properties));
    switch (name) {
      case "add-mask":
        job.mask.add(message);
        return log.write("::add-mask::***");
      case "group":
        return log.write(`##[group]${message}`);
      case "endgroup":
        return log.write("##[endgroup]");
      case "debug":
        return;
      case "stop-commands":
        resumeToken = message;
        return;
      case "set-output":
        // https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/
        annotate(
          job,
          "warning",
          "The `set-output` command is deprecated and will be disabled soon. Please upgrade to using Environment Files.",
        );
        return setOutput(properties.name ?? "", message);
      default:
        return log.write(`::${name}::${message}`);
    }
  };
  return (line) => {
    if (resumeToken !== undefined) {
      if (line.trim() === `::${resumeToken}::`) resumeToken = undefined;
      else log.write(line);
      return;
    }
    const command = parseWorkflowCommand(line);
    if (command === undefined) log.write(line);
    else obey(command);
  };
}

function placeOf(
  properties: Readonly<Record<string, string>>,
): Partial<Omit<Annotation, "level" | "message">> {
  const number = (name: string): number | undefined =>
    properties[name] === undefined ? undefined : Number(properties[name]);
  const startLine = number("line") ?? (properties.file === undefined ? undefined : 1);
  const startColumn = number("col");
  return {
    ...(properties.title === undefined ? {} : { title: properties.title }),
    ...(properties.file === undefined ? {} : { path: properties.file }),
    ...(startLine === undefined ? {} : { startLine, endLine: number("endline") ?? startLine }),
    ...(startColumn === undefined
      ? {}
      : { startColumn, endColumn: number("endcolumn") ?? startColumn }),
  };
}
