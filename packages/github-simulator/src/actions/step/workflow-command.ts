/** A line of output that the runner executes, e.g. `::warning file=a.ts,line=3::text`. */
export interface WorkflowCommand {
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
export function parseWorkflowCommand(
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
