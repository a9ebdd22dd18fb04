/**
 * Whether a shell script may write an output with the value of one of these variables, directly or
 * through variables of its own. It is read command by command, because comparing one value and writing
 * another is harmless.
 *
 * @param name of the output or variable, in any case; any name if absent
 * @see
 *   https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter
 */
export function setsOutput(
  script: string,
  name: string | undefined,
  variables: Iterable<string>,
): boolean {
  const holding = new Set(variables);
  const wanted = name?.toLowerCase();
  // After `name<<EOF` the value is in the lines below.
  const belowIt = wanted !== undefined && namesIn(script, "<<").includes(wanted);
  for (const command of script.replaceAll(/\\\r?\n/g, " ").split(/[\n;]|&&|\|\|/)) {
    if (!command.match(/\w+/g)?.some((word) => holding.has(word))) continue;
    if (wanted === undefined || belowIt || mayName(wanted, command)) return true;
    for (const assigned of assignedBy(command)) holding.add(assigned);
  }
  return false;
}

/** `V=$X`, alone or after other words; `$V = $X`, in PowerShell; `for V in $X`; `read -r V W`. */
const assignments = [
  /(?:^|[\s({])(\w+)\+?=/g,
  /^\W*\$(?:env:)?(\w+)\s*\+?=/gi,
  /\bfor\s+(\w+)/g,
  /\b(?:read|mapfile|readarray|printf\s+-v)\s+(?:-\w+\s+)*(\w+(?:\s+\w+)*)/g,
];

/** The variables that a command sets, and those that a shell sets to the matches of a pattern. */
function assignedBy(command: string): string[] {
  const found = assignments.flatMap((pattern) => [...command.matchAll(pattern)]);
  const matches = /=~|-match\b/i.test(command) ? ["BASH_REMATCH", "Matches", "matches"] : [];
  return [...found.flatMap(([, names = ""]) => names.split(/\s+/)), ...matches];
}

/** Whether a command writes `name=…`, or a name that is only known in the run. */
function mayName(wanted: string, command: string): boolean {
  const names = [...namesIn(command, "="), ...namesIn(command, "::")];
  if (names.length > 0) return names.includes(wanted);
  return /GITHUB_(?:OUTPUT|ENV)/.test(command);
}

/** The words before a sign, in lower case: "title" in `title=$TITLE`; not variables. */
function namesIn(text: string, sign: "=" | "<<" | "::"): string[] {
  const words = text.matchAll(/(?<![\w$-])([\w-]+)(=|<<|::)/g);
  return [...words].flatMap(([, word = "", after]) => (after === sign ? [word.toLowerCase()] : []));
}
