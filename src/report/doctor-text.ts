import { stripVTControlCharacters } from "node:util";
import type { Colors } from "picocolors/types.js";
import type { Finding } from "../operations/doctor/finding.ts";
import { printable } from "../printable.ts";

interface Checked {
  readonly checks: readonly Finding[];
  readonly stacks: readonly { readonly stack: string; readonly checks: readonly Finding[] }[];
}

/** One line for each check, with its next step. */
export function doctorText({ checks, stacks }: Checked, colors: Colors): string {
  return [
    ...checks.map((each) => line(each, colors)),
    ...stacks.flatMap(({ stack, checks: of }) => [
      colors.bold(stack),
      ...of.map((each) => line(each, colors)),
    ]),
  ].join("\n");
}

function line({ check, level, text, next }: Finding, colors: Colors): string {
  const paint = { ok: colors.green, warning: colors.yellow, problem: colors.red }[level];
  const step = next === undefined ? "" : `: ${next}`;
  // Texts may come from GitHub and from the configuration.
  const shown = printable(stripVTControlCharacters(`${text}${step}`).replaceAll(/\s*\n\s*/g, "; "));
  return `${paint(level.padEnd("problem".length))}  ${check}: ${shown}`;
}
