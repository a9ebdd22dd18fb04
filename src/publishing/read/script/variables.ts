import { variableOf, type Step } from "../repository.ts";
import { shellWords } from "./logins.ts";
import { commandsOf, unquoted } from "./shell-commands.ts";

/** A text of a script with its variables as expressions, where its step or the script itself sets them. */
export function expandVariables(step: Step, text: string): string {
  return text.replaceAll(
    /\$env:(\w+)|\$\{(\w+)\}|\$(\w+)|%(\w+)%/g,
    (whole: string, ...groups: unknown[]) => {
      const name = groups.slice(0, 4).find((group) => typeof group === "string");
      if (typeof name !== "string") return whole;
      const assigned = assignedIn(step.run?.value ?? "", name);
      if (assigned) return assigned.text ?? whole;
      return variableOf(step, name) ? `\${{ env.${name} }}` : whole;
    },
  );
}

/** What a script sets a variable to. */
export interface Assigned {
  /** `undefined` where it is not one plain text: only the run knows it. */
  readonly text: string | undefined;
}

/** @returns `undefined` where the script does not set the variable */
export function assignedIn(script: string, name: string): Assigned | undefined {
  const values = commandsOf(script)?.flatMap(({ words }) => valuesFor(words.map(unquoted), name));
  const [only, ...more] = values ?? valuesInUnknownShell(script, name);
  if (only === undefined) return undefined;
  const isPlain = more.length === 0 && !/`|\$(?!\{\{)/.test(only);
  return { text: isPlain ? only : undefined };
}

/** What a command sets a variable to, as a shell would read it: "$(" where that is not written there. */
function valuesFor(words: readonly string[], name: string): string[] {
  const start = words.findIndex((word) => !shellWords.test(word));
  const own = start < 0 ? [] : words.slice(start);
  const at = own.findIndex((word) => !/^\w+\+?=/.test(word));
  const [program = "", ...rest] = at < 0 ? [] : own.slice(at);
  // In front of a program, an assignment is for that program only.
  const setting = at < 0 ? own : setters.test(program) ? rest : [];
  const values = setting.flatMap((word) => {
    if (word.startsWith(`${name}+=`)) return [unknown];
    return word.startsWith(`${name}=`) ? [word.slice(name.length + 1)] : [];
  });
  const ofPowerShell = valueInPowerShell(own, name);
  if (ofPowerShell !== undefined) return [ofPowerShell];
  const isRead = /^(?:read|readarray|mapfile|unset)$/.test(program) && rest.includes(name);
  const isPrinted = program === "printf" && rest[0] === "-v" && rest[1] === name;
  const isLooped = /^(?:for|select)$/.test(program) && rest[0] === name;
  return isRead || isPrinted || isLooped ? [...values, unknown] : values;
}

/** `$TOKEN = "text"`, `$env:TOKEN="text"`; `undefined` where a command is no such assignment. */
function valueInPowerShell(
  [first = "", ...rest]: readonly string[],
  name: string,
): string | undefined {
  const variable = [`$env:${name}`, `$${name}`].find((each) =>
    first.toLowerCase().startsWith(each.toLowerCase()),
  );
  if (variable === undefined) return undefined;
  const [sign = "", ...more] = [first.slice(variable.length), ...rest].filter(
    (each) => each !== "",
  );
  if (sign.startsWith("+=")) return unknown;
  if (!sign.startsWith("=")) return undefined;
  const [value = unknown, ...others] = [sign.slice(1), ...more].filter((each) => each !== "");
  return others.length === 0 ? value : unknown;
}

const setters = /^(?:export|local|declare|typeset|readonly|set)$/;

const unknown = "$(";

function valuesInUnknownShell(script: string, name: string): string[] {
  const pattern = new RegExp(`(?:^|[\\s;])${name}=("[^"\`]*"|'[^']*'|[^\\s;"'\`]*)`, "gm");
  return [...script.matchAll(pattern)].map(([, value = ""]) => value.replaceAll(/["']/g, ""));
}
