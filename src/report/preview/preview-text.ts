import { stripVTControlCharacters } from "node:util";
import type { Colors } from "picocolors/types.js";
import { printable } from "../../printable.ts";
import { listed, waitsForMerge } from "../../format-text.ts";
import { isRemovalRefusal } from "../../fleet/removal-guard.ts";
import { groupAlike, groupRules, groupWarnings } from "./group-changes.ts";
import {
  budgetWords,
  credentialWords,
  deliveryWords,
  driftedWords,
  driftWords,
  headline,
  leftBehindWords,
  mostNames,
  propertyWords,
  replacedFiles,
  resourceWords,
  ruleWords,
  skippedWords,
  tokenWords,
} from "./describe-changes.ts";
import { missingRightWords } from "../../operations/doctor/missing-rights.ts";
import type {
  CredentialMove,
  DriftedResource,
  ResourceChange,
  RuleResult,
  StackPreview,
} from "../../operations/preview/stack-preview.ts";

/** A preview for a terminal, with diffs of repairs only, which are small. */
export function previewText(preview: StackPreview, colors: Colors): string {
  const { stack, outcome, changes, skipped, drift, rules, budget, token, failures } = preview;
  const { warnings, waiting, untried, missingRights, openRules } = preview;
  const paint = { ready: colors.green, refused: colors.red, failed: colors.red }[outcome];
  const broken = groupRules(rules);
  const groups = groupAlike(changes, rules).flatMap((group) => {
    const { repositories, resources, credential, delivery, refusedBy } = group;
    const [first, ...others] = repositories;
    const name = first ?? "shared";
    const more = others.length > 0 ? ` and ${others.length} more alike` : "";
    return [
      `  ${colors.bold(name)}${more}: ${clean(resources.map(resourceWords).join(", "))}`,
      ...(others.length > 0 ? [`    alike: ${clean(listed(others, mostNames))}`] : []),
      ...(refusedBy.length > 0 ? [`    ${colors.red("refused")} by ${refusedBy.join(", ")}`] : []),
      ...(credential ? [`    ${clean(credentialWords(credential))}`] : []),
      ...(delivery ? [`    ${clean(deliveryWords(delivery))}`] : []),
      ...resources.flatMap((resource) => detailLines(resource, credential, colors)),
    ];
  });
  const drifted = (drift.judged ? drift.resources : []).flatMap((each) => [
    `  ${colors.yellow("drift")} ${each.repository ?? "shared"}: ${clean(driftedWords(each))}`,
    ...propertyWords(each).map((line) => `    ${clean(line)}`),
  ]);
  const lines = [
    `${colors.bold(stack)}: ${paint(headline(preview))}`,
    ...missingRights.map(
      (each) => `  ${colors.red("missing right")} ${clean(missingRightWords(each))}`,
    ),
    ...failures.map((failure) => {
      const mark = isRemovalRefusal(failure) ? "refused" : "failed";
      return `  ${colors.red(mark)} ${clean(failure)}`;
    }),
    // What a person may want to stop comes before what is only news.
    ...broken.filter(({ level }) => level === "mandatory").map((rule) => ruleLine(rule, colors)),
    ...replacedFiles(changes).map((file) => `  ${colors.red("replaces")} ${clean(file)}`),
    ...groupWarnings(warnings).flatMap((warning) => warningLines(warning, colors)),
    ...groups,
    ...waiting.map(
      ({ repository, url }) =>
        `  ${colors.bold(repository)}: ${colors.yellow(clean(waitsForMerge(url)))} ${clean(url)}`,
    ),
    ...leftBehindWords(preview).map((each) => `  ${colors.dim("callers")} ${clean(each)}`),
    ...skippedWords(skipped).map((each) => `  ${colors.dim("left out")} ${clean(each)}`),
    ...broken.filter(({ level }) => level === "advisory").map((rule) => ruleLine(rule, colors)),
    ...drifted,
    ...untried.map((each) => `  ${colors.dim("not tried")} ${clean(each)}`),
    ...(openRules.length > 0
      ? [
          `  ${colors.dim("not judged")} rules that only the update can judge: ${openRules.join(", ")}`,
        ]
      : []),
    `  policy: ${ruleWords(preview)}`,
    `  drift: ${driftWords(drift)}${drift.judged ? repairWords(drift.resources, stack) : `: ${clean(drift.reason)}`}`,
    ...(budget ? [`  cost: ${budgetWords(budget)}`] : []),
    `  PAT: ${tokenWords(token)}`,
  ];
  return lines.join("\n");
}

/** No update repairs a package, or what is left of a repository that is gone. */
function repairWords(drifted: readonly DriftedResource[], stack: string): string {
  const isRepaired = drifted.some(
    ({ what, files }) => !what.includes("workflow") || files.length > 0,
  );
  return isRepaired ? `; \`ghcr-fleet drift ${stack} --fix\` repairs what an update can` : "";
}

/** What to write into a workflow has lines and indentation of its own. */
function warningLines(warning: string, colors: Colors): string[] {
  const [first = "", ...others] = stripVTControlCharacters(warning).split("\n");
  return [
    `  ${colors.yellow("warning")} ${clean(first)}`,
    ...others.map((line) => `      ${printable(line)}`),
  ];
}

function ruleLine({ rule, level, subject, message }: RuleResult, colors: Colors): string {
  const color = level === "mandatory" ? colors.red : colors.yellow;
  return `  ${color(level)} ${colors.bold(rule)}${subject ? ` ${subject}` : ""}: ${clean(message)}`;
}

/** How many properties of a resource are shown. */
const mostProperties = 12;

/** Properties with their old and new value, and the lines of own workflows that change. */
function detailLines(
  change: ResourceChange,
  credential: CredentialMove | undefined,
  colors: Colors,
): string[] {
  const repaired = change.files.filter(({ kind }) => kind === "repaired" || kind === "restored");
  const lines = propertyWords(change, credential);
  const rest = lines.length - mostProperties;
  return [
    ...lines.slice(0, mostProperties).map((line) => `    ${clean(line)}`),
    ...(rest > 0 ? [`    and ${rest} more, which --json lists`] : []),
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
