import { groupAlike, groupRules, groupWarnings, type AlikeChanges } from "./group-changes.ts";
import {
  budgetWords,
  changedWords,
  credentialWords,
  deliveryWords,
  driftedWords,
  driftWords,
  fileWords,
  headline,
  leftBehindWords,
  propertyWords,
  replacedFiles,
  resourceWords,
  ruleWords,
  skippedWords,
  tokenWords,
} from "./describe-changes.ts";
import { missingRightWords } from "../../operations/doctor/missing-rights.ts";
import { codeBlock, folded, inlineCode, plainMarkdown } from "../../markdown.ts";
import type {
  DriftedResource,
  FileChange,
  RuleResult,
  StackPreview,
} from "../../operations/preview/stack-preview.ts";
import { clipped, waitsForMerge } from "../../format-text.ts";

/** How much is shown of parts that may be too long. */
interface Measure {
  /** Lines per diff of a file. */
  readonly diffLines: number;
  /** Properties per resource. */
  readonly properties: number;
  /** Groups of repositories that change alike. */
  readonly groups: number;
  /** Findings of each other kind. */
  readonly findings: number;
}

const everything = { diffLines: Infinity, properties: 50, groups: Infinity, findings: Infinity };
const noDetails = { diffLines: 0, properties: 0 };

/** From everything to the least; the first that fits is used. Details are dropped before repositories. */
const measures: readonly Measure[] = [
  everything,
  ...[400, 150, 50, 15, 0].map((diffLines) => ({ ...everything, diffLines, findings: 200 })),
  ...[10, 0].map((properties) => ({ ...everything, diffLines: 0, properties, findings: 200 })),
  ...[200, 50, 10].map((groups) => ({ ...noDetails, groups, findings: 50 })),
  { ...noDetails, groups: 3, findings: 5 },
];

/**
 * The API refuses longer comments: "Body is too long (maximum is 65536 characters)".
 * https://github.com/vebr/jest-lcov-reporter/issues/14
 */
export const longestComment = 65_536;

/** The first line of a stack's comment, by which it is found again. */
export function commentMarker(stack: string): string {
  return `<!-- ghcr-fleet:preview:${stack} -->`;
}

/** A preview as Markdown, at most this long: the summary first, everything else folded. */
export function renderComment(preview: StackPreview, longest = longestComment): string {
  const groups = groupAlike(preview.changes, preview.rules);
  const fitting = measures.filter((measure) => leastLength(groups, measure) <= longest);
  let parts: Parts = { head: [], sections: [] };
  for (const measure of fitting) {
    parts = render(preview, groups, measure);
    const text = join([...parts.head, ...parts.sections]);
    if (text.length <= longest) return text;
  }
  return fitSections(parts, preview.stack, longest);
}

/** Leaves out whole sections: cutting one would leave a folded part unclosed. */
function fitSections({ head, sections }: Parts, stack: string, longest: number): string {
  const note = `_Parts that are too long for a comment are left out; \`ghcr-fleet preview ${stack} --json\` shows everything._`;
  const room = longest - join([...head, "", note]).length;
  const shown: string[] = [];
  for (const section of sections) {
    if (join([...shown, section, ""]).length <= room) shown.push(section);
  }
  return join([...head, ...shown, note]);
}

/** The least length of the diffs alone, so that forms that cannot fit are not rendered. */
function leastLength(groups: readonly AlikeChanges[], { diffLines, ...most }: Measure): number {
  const resources = groups.slice(0, most.groups).flatMap((group) => group.resources);
  const files = resources.flatMap((resource) => resource.files);
  return files.reduce((sum, { diff, added, removed }) => {
    const lines = added + removed;
    return sum + (lines <= diffLines ? diff.length : diffLines);
  }, 0);
}

/** Parts of a comment, each of them complete Markdown. */
interface Parts {
  readonly head: readonly string[];
  readonly sections: readonly string[];
}

function join(parts: readonly string[]): string {
  return parts.join("\n\n");
}

function render(preview: StackPreview, groups: readonly AlikeChanges[], measure: Measure): Parts {
  const { drift, openRules } = preview;
  const rules = groupRules(preview.rules);
  const drifted = drift.judged ? drift.resources : [];
  const open = [
    ...(drift.judged ? [] : [`Drift: ${text(drift.reason)}`]),
    ...preview.untried.map(text),
    ...(openRules.length > 0
      ? [`Rules that only the update can judge: ${openRules.map(inlineCode).join(", ")}`]
      : []),
  ];
  const head = [
    commentMarker(preview.stack),
    `### ${icon(preview)} Stack ${inlineCode(preview.stack)}: ${headline(preview)}`,
    summary(preview),
  ];
  const replaced = replacedFiles(preview.changes).map(text);
  const sections = [
    list("Missing rights", preview.missingRights.map(missingRightWords).map(text), measure),
    list("Failures", preview.failures.map(text), measure),
    list("Mandatory rules that are broken", rules.filter(isMandatory).map(renderRule), measure),
    list("Files written by hand that are replaced", replaced, measure),
    list("Warnings", groupWarnings(preview.warnings).map(withCode), measure),
    section(
      "Changes",
      limited(groups, measure.groups, (group) => renderGroup(group, measure), rest),
    ),
    foldedList(
      "Waiting for a merge",
      preview.waiting.map(({ repository, url }) =>
        text(`${repository}: ${waitsForMerge(url)} ${url}`),
      ),
      measure,
    ),
    ...leftBehindWords(preview).map((words) =>
      folded(`Callers (${preview.leftBehind.length})`, text(words)),
    ),
    foldedList("Left out", skippedWords(preview.skipped).map(text), measure),
    list("Advice", rules.filter((rule) => !isMandatory(rule)).map(renderRule), measure),
    section(
      "Drift, which this change did not cause",
      limited(drifted, measure.findings, (each) => renderDrift(each, measure), restOfDrift),
    ),
    foldedList("Not judged", open, measure),
  ];
  return { head, sections: sections.filter((part) => part !== "") };
}

function isMandatory({ level }: RuleResult): boolean {
  return level === "mandatory";
}

function renderRule({ rule, level, subject, message }: RuleResult): string {
  const about = subject === undefined ? "" : ` ${plainMarkdown(subject)}`;
  return `${level === "mandatory" ? "❌" : "⚠️"} ${inlineCode(rule)}${about}: ${text(message)}`;
}

function icon({ outcome, changes }: StackPreview): string {
  if (outcome !== "ready") return "❌";
  return changes.length === 0 ? "✅" : "📝";
}

function summary(preview: StackPreview): string {
  const { budget, drift, token, changes } = preview;
  const rows = [
    ["Changes", changedWords(changes)],
    ["Policy", ruleWords(preview)],
    ["Drift", driftWords(drift)],
    ["Cost under GitHub's limits", budget ? budgetWords(budget) : "not known"],
    ["Publishing PAT", tokenWords(token)],
  ];
  return [
    "| | |",
    "|---|---|",
    ...rows.map(([name, value]) => `| ${name} | ${text(value ?? "")} |`),
  ].join("\n");
}

function renderGroup(
  { repositories, resources, credential, delivery, refusedBy }: AlikeChanges,
  measure: Measure,
): string {
  const [first, ...others] = repositories;
  const more = others.length > 0 ? ` and ${others.length} more alike` : "";
  const title = `${first ?? "Shared by all repositories"}${more}: ${resources.map(resourceWords).join(", ")}`;
  const names = others.length > 0 ? [`Alike: ${clipped(repositories.join(", "), 2000)}`] : [];
  const parts = resources.flatMap((resource) => [
    ...properties(resource.what, propertyWords(resource, credential), measure),
    ...resource.files.map((file) => renderFile(file, measure)),
  ]);
  const body = [
    ...names,
    ...[
      ...(refusedBy.length > 0 ? [`refused by ${refusedBy.join(", ")}`] : []),
      ...(credential ? [credentialWords(credential)] : []),
      ...(delivery ? [deliveryWords(delivery)] : []),
    ].map((words) => text(sentence(words))),
    ...parts,
  ];
  return body.length === 0
    ? `- ${plainMarkdown(clipped(title, 500))}`
    : folded(clipped(title, 500), body.join("\n\n"));
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function renderDrift(drifted: DriftedResource, measure: Measure): string {
  const place = drifted.repository ?? "Shared by all repositories";
  const title = clipped(`${place}: ${driftedWords(drifted)}`, 500);
  const parts = [
    ...properties(drifted.what, propertyWords(drifted), measure),
    ...drifted.files.map((file) => renderFile(file, measure)),
  ];
  return parts.length === 0 ? `- ${plainMarkdown(title)}` : folded(title, parts.join("\n\n"));
}

function properties(
  what: string,
  changes: readonly string[],
  { properties: most }: Measure,
): string[] {
  if (changes.length === 0) return [];
  if (most === 0) return [`${plainMarkdown(what)}: its properties are left out`];
  const lines = limited(
    changes,
    most,
    (change) => `- ${inlineCode(change)}`,
    (left) => `- and ${left.length} more`,
  );
  return [`${plainMarkdown(what)}:\n\n${lines.join("\n")}`];
}

function renderFile(file: FileChange, { diffLines }: Measure): string {
  const title = `${inlineCode(file.path)} (${file.kind}, ${fileWords(file)})`;
  if (diffLines === 0) return `${title}: the diff is left out`;
  const lines = file.diff.split("\n");
  const left = lines.length - diffLines;
  const note = left > 0 ? `\n\n${left} more lines of this diff are left out.` : "";
  const shown = lines.slice(0, Math.min(lines.length, diffLines)).join("\n");
  return `${title}\n\n${codeBlock(shown, "diff")}${note}`;
}

function rest(left: readonly AlikeChanges[]): string {
  const names = left.flatMap(({ repositories }) => repositories);
  return `${names.length} more repositories change and are left out here: ${clipped(names.join(", "), 2000)}`;
}

function restOfDrift(left: readonly DriftedResource[]): string {
  return `${left.length} more drifted resources are left out here.`;
}

function limited<Item>(
  items: readonly Item[],
  most: number,
  show: (item: Item) => string,
  describeRest: (left: readonly Item[]) => string,
): string[] {
  const shown = items.slice(0, Math.min(items.length, most)).map(show);
  const left = items.slice(shown.length);
  return left.length === 0 ? shown : [...shown, describeRest(left)];
}

function section(title: string, parts: readonly string[]): string {
  return parts.length === 0 ? "" : [`#### ${title}`, ...parts].join("\n\n");
}

function list(title: string, items: readonly string[], measure: Measure): string {
  return items.length === 0 ? "" : `#### ${title}\n\n${bullets(items, measure)}`;
}

function foldedList(title: string, items: readonly string[], measure: Measure): string {
  return items.length === 0 ? "" : folded(`${title} (${items.length})`, bullets(items, measure));
}

function bullets(items: readonly string[], { findings }: Measure): string {
  return limited(
    items.map((item) => `- ${item}`),
    findings,
    (item) => item,
    (left) => `- and ${left.length} more, left out here`,
  ).join("\n");
}

/** Lines after the first are what to write into a workflow, as code in the item of a list, and sentences between. */
function withCode(warning: string): string {
  const [first = "", ...others] = clipped(warning, 1500).split("\n");
  const parts: { isSentence: boolean; lines: string[] }[] = [];
  for (const line of others) {
    const isSentence = /^[a-z]+,? /.test(line);
    const last = parts.at(-1);
    if (last?.isSentence === isSentence && !isSentence) last.lines.push(line);
    else parts.push({ isSentence, lines: [line] });
  }
  const shown = parts.map(({ isSentence, lines }) =>
    isSentence
      ? text(lines.join(" "))
      : codeBlock(lines.join("\n"), "yaml").replaceAll("\n", "\n  "),
  );
  return [text(first), ...shown].join("\n\n  ");
}

function text(value: string): string {
  return plainMarkdown(clipped(value, 1500));
}
