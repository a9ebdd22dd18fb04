/** A line of output that the runner obeys, e.g. `::warning file=a.ts,line=3::text`. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/**
 * @returns `undefined` for an ordinary line
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function parseWorkflowCommand(line: string): WorkflowCommand | undefined {
  const match = /^\s*::([A-Za-z-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line);
  if (match === null) return undefined;
  const [, name = "", list = "", message = ""] = match;
  const properties: Record<string, string> = {};
  for (const pair of list.split(",")) {
    const equals = pair.indexOf("=");
    if (equals > 0) {
      properties[pair.slice(0, equals).trim().toLowerCase()] = unescape(
        pair.slice(equals + 1),
        true,
      );
    }
  }
  return { name: name.toLowerCase(), properties, message: unescape(message, false) };
}

function unescape(text: string, property: boolean): string {
  const plain = text.replaceAll("%0D", "\r").replaceAll("%0A", "\n");
  return (property ? plain.replaceAll("%3A", ":").replaceAll("%2C", ",") : plain).replaceAll(
    "%25",
    "%",
  );
}
