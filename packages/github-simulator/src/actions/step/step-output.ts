import { StepFailure } from "../action/known-action.ts";
import { type ActiveJob, annotate } from "../job/active-job.ts";
import type { Annotation } from "../records/run-record.ts";

const LEVELS: Readonly<Record<string, Annotation["level"]>> = {
  notice: "notice",
  warning: "warning",
  error: "failure",
};

/** The runner's commands; matchers and state have no effect here. */
const COMMANDS = [
  ...Object.keys(LEVELS),
  ..."add-mask add-matcher add-path debug echo endgroup group remove-matcher".split(" "),
  ..."save-state set-env set-output stop-commands".split(" "),
];

interface StepOutput {
  write(line: string): void;
  /** @throws StepFailure if a command could not be executed */
  assertObeyed(): void;
}

/**
 * Writes a step's output to the log and executes the workflow commands in it.
 * @param setOutput called for the old `::set-output::`
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
 */
export function createStepOutput(
  job: ActiveJob,
  setOutput: (name: string, value: string) => void,
): StepOutput {
  const known = new Set(COMMANDS);
  const { log } = job.record;
  let resumeToken: string | undefined;
  let echoes = false;
  let problem: string | undefined;
  const obey = ({ name, properties, message }: WorkflowCommand): void => {
    const level = LEVELS[name];
    if (level !== undefined) return annotate(job, level, message, placeOf(properties));
    switch (name) {
      case "add-mask":
        return addMask(job, message, echoes);
      case "echo":
        echoes = readSwitch(message);
        return;
      case "group":
        return log.write(`##[group]${message}`);
      case "endgroup":
        return log.write("##[endgroup]");
      case "debug":
        if (job.runnerEnv["RUNNER_DEBUG"] === "1") log.write(`##[debug]${message}`);
        return;
      case "set-output":
        annotate(job, "warning", deprecated(name));
        if (!properties.name) throw new StepFailure(missingName(name));
        return setOutput(properties.name, message);
      case "save-state":
        return annotate(job, "warning", deprecated(name));
      case "set-env":
      case "add-path":
        throw new StepFailure(disabled(name));
      default:
        return;
    }
  };
  const tryToObey = (command: WorkflowCommand, line: string): void => {
    if (echoes && command.name !== "add-mask") log.write(line);
    try {
      obey(command);
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      annotate(job, "failure", `Unable to process command '${line}' successfully.`);
      problem ??= error.message;
    }
  };
  return {
    write(line) {
      const command = parseWorkflowCommand(line, known);
      if (resumeToken !== undefined) {
        log.write(line);
        if (command?.name !== resumeToken) return;
        known.delete(resumeToken);
        resumeToken = undefined;
      } else if (command?.name === "stop-commands" && isStopToken(command.message, known)) {
        log.write(line);
        resumeToken = command.message.toLowerCase();
        known.add(resumeToken);
      } else if (command === undefined) log.write(line);
      else tryToObey(command, line);
    },
    assertObeyed() {
      if (problem !== undefined) throw new StepFailure(problem);
    },
  };
}

function addMask(job: ActiveJob, value: string, echoes: boolean): void {
  if (value.trim() === "") {
    const reason = "Can't add secret mask for empty string in ##[add-mask] command.";
    return annotate(job, "warning", reason);
  }
  job.mask.add(value);
  if (echoes) job.record.log.write("::add-mask::***");
}

function readSwitch(text: string): boolean {
  const value = text.trim().toLowerCase();
  if (value !== "on" && value !== "off") {
    throw new StepFailure(
      `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${text}'.`,
    );
  }
  return value === "on";
}

/** An empty token, or the name of a command, could be printed by accident. */
function isStopToken(token: string, known: ReadonlySet<string>): boolean {
  return token !== "" && token !== "pause-logging" && !known.has(token.toLowerCase());
}

function missingName(command: string): string {
  return `Required field 'name' is missing in ##[${command}] command.`;
}

function deprecated(command: string): string {
  return `The \`${command}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/`;
}

function disabled(command: string): string {
  return `The \`${command}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the \`ACTIONS_ALLOW_UNSECURE_COMMANDS\` environment variable to \`true\`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/`;
}

function placeOf(
  properties: Readonly<Record<string, string>>,
): Partial<Omit<Annotation, "level" | "message">> {
  const { title, file: path } = properties;
  const number = (name: string): number | undefined =>
    properties[name] === undefined ? undefined : Number(properties[name]);
  const startLine = number("line") ?? (path === undefined ? undefined : 1);
  const startColumn = number("col");
  return {
    ...(title !== undefined && { title }),
    ...(path !== undefined && { path }),
    ...(startLine !== undefined && { startLine, endLine: number("endline") ?? startLine }),
    ...(startColumn !== undefined && {
      startColumn,
      endColumn: number("endcolumn") ?? startColumn,
    }),
  };
}

/** A line of output that the runner executes, e.g. `::warning file=a.ts,line=3::text`. */
interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/**
 * @param known names of commands, in lower case; the runner prints all other lines as they are
 * @returns `undefined` for an ordinary line
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
function parseWorkflowCommand(
  line: string,
  known: ReadonlySet<string>,
): WorkflowCommand | undefined {
  return parse(/^\s*::((?:(?!::).)+)::(.*)$/, line, known) ?? parse(OLD_FORM, line, known);
}

/** `##[warning]text`, anywhere in a line. */
const OLD_FORM = /##\[([^\]]+)\](.*)$/;

function parse(
  form: RegExp,
  line: string,
  known: ReadonlySet<string>,
): WorkflowCommand | undefined {
  const [, head = "", message = ""] = form.exec(line) ?? [];
  const space = head.indexOf(" ");
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!known.has(name)) return undefined;
  const list = space < 0 ? [] : head.slice(space + 1).split(form === OLD_FORM ? ";" : ",");
  const properties: Record<string, string> = {};
  for (const pair of list) {
    const equals = pair.indexOf("=");
    const value = unescape(pair.slice(equals + 1), true);
    if (equals > 0 && value !== "") properties[pair.slice(0, equals).trim().toLowerCase()] = value;
  }
  return { name, properties, message: unescape(message, false) };
}

function unescape(text: string, property: boolean): string {
  const plain = text.replaceAll("%0D", "\r").replaceAll("%0A", "\n");
  return (property ? plain.replaceAll("%3A", ":").replaceAll("%2C", ",") : plain).replaceAll(
    "%25",
    "%",
  );
}
