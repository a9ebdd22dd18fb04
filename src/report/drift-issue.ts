import { driftKinds, type DriftFinding } from "../operations/drift/drift-finding.ts";
import type { DriftReport } from "../operations/drift/drift-report.ts";
import { plainMarkdown } from "../operations/preview/markdown.ts";
import { count } from "./count.ts";
import { byWhom, isGrave, nextStep } from "./drift-text.ts";
import { fitList, issueText } from "./fit-list.ts";

/** The issue about a stack's drift; nothing where there is none. */
export function driftIssue(report: DriftReport): { title: string; body: string } | undefined {
  const { stack, owner, findings, refusals, failures, unread } = report;
  if (findings.length === 0) return undefined;
  const head = `${plainMarkdown(owner)} is not as the stack \`${stack}\` left it. See docs/drift.md.`;
  const notes = [
    ...refusals.map((text) => `_Refused: ${issueText(text)}_`),
    ...failures.map((text) => `_Not repaired: ${issueText(text)}_`),
    ...unread.map((text) => `_Not seen: ${issueText(text)}_`),
  ];
  const foot = "This issue closes by itself when a run finds no drift.";
  return {
    title: `Drift in ${owner} (${stack}): ${count(findings.length, "finding")}`,
    body: fitList({ head, items: findings.map(describe), notes, foot }),
  };
}

function describe(finding: DriftFinding): string {
  const { kind, text } = finding;
  return [
    `- ${isGrave(kind) ? "❌" : "⚠️"} **${driftKinds[kind]}**`,
    `  ${[issueText(text), plainMarkdown(byWhom(finding))].filter(Boolean).join(" ")}`,
    `  ${nextStep(finding)}`,
  ].join("<br>\n");
}
