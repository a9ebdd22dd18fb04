import { stripVTControlCharacters } from "node:util";
import type { Colors } from "picocolors/types.js";
import { printable } from "../../printable.ts";
import { groupAlike } from "./group-changes.ts";
import {
  budgetWords,
  driftedWords,
  driftWords,
  headline,
  propertyWords,
  resourceWords,
  ruleWords,
  tokenWords,
} from "./describe-changes.ts";
import type { ResourceChange, StackPreview } from "../../operations/preview/stack-preview.ts";

/** A preview for a terminal, with diffs of repairs only, which are small. */
export function previewText(preview: StackPreview, colors: Colors): string {
  const { stack, outcome, changes, drift, rules, budget, token, failures, warnings, untried } =
    preview;
  const paint = { ready: colors.green, refused: colors.red, failed: colors.red }[outcome];
  const groups = groupAlike(changes).flatMap(({ repositories: [first, ...others], resources }) => {
    const name = first ?? "shared";
    const more = others.length > 0 ? ` and ${others.length} more alike` : "";
    return [
      `  ${colors.bold(name)}${more}: ${clean(resources.map(resourceWords).join(", "))}`,
      ...resources.flatMap((resource) => repairLines(resource, colors)),
    ];
  });
  const drifted = (drift.judged ? drift.resources : []).flatMap((each) => [
    `  ${colors.yellow("drift")} ${each.repository ?? "shared"}: ${clean(driftedWords(each))}`,
    ...each.properties.map((property) => `    ${clean(propertyWords(property))}`),
  ]);
  const lines = [
    `${colors.bold(stack)}: ${paint(headline(preview))}`,
    ...failures.map((failure) => `  ${colors.red("failed")} ${clean(failure)}`),
    ...groups,
    ...rules.map(({ rule, level, subject, message }) => {
      const color = level === "mandatory" ? colors.red : colors.yellow;
      return `  ${color(level)} ${colors.bold(rule)}${subject ? ` ${subject}` : ""}: ${clean(message)}`;
    }),
    ...drifted,
    ...warnings.map((warning) => `  ${colors.yellow("warning")} ${clean(warning)}`),
    ...untried.map((each) => `  ${colors.dim("not tried")} ${clean(each)}`),
    `  policy: ${ruleWords(preview)}`,
    `  drift: ${driftWords(drift)}${drift.judged ? "" : `: ${clean(drift.reason)}`}`,
    ...(budget ? [`  cost: ${budgetWords(budget)}`] : []),
    `  PAT: ${tokenWords(token)}`,
  ];
  return lines.join("\n");
}

/** The decision about a repository's workflows, and the lines of its own workflows that change. */
function repairLines({ properties, files }: ResourceChange, colors: Colors): string[] {
  const decided = properties.filter(({ path }) => path === "workflows");
  const repaired = files.filter(({ kind }) => kind === "repaired");
  return [
    ...decided.map((property) => `    ${clean(propertyWords(property))}`),
    ...repaired.flatMap(({ path, diff }) => [
      `    ${clean(path)}`,
      ...diff.split("\n").map((line) => `      ${diffLine(line, colors)}`),
    ]),
  ];
}

function diffLine(line: string, colors: Colors): string {
  // Indentation is part of the change.
  const shown = printable(stripVTControlCharacters(line));
  if (line.startsWith("+")) return colors.green(shown);
  return line.startsWith("-") ? colors.red(shown) : colors.cyan(shown);
}

/** Texts come from configuration and from GitHub, and may contain control characters. */
function clean(text: string): string {
  return printable(stripVTControlCharacters(text).replaceAll(/\s*\p{Cc}+\s*/gu, " "));
}
