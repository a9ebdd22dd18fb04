import {
  describeActor,
  driftKinds,
  type DriftFinding,
} from "../../operations/drift/drift-finding.ts";
import type { DriftReport } from "../../operations/drift/drift-report.ts";
import { plainMarkdown } from "../../markdown.ts";
import { isSevere, nextStep } from "./drift-text.ts";
import { issueBody, issueText } from "../issue-body.ts";
import { count } from "../../format-text.ts";

/** The issue for a stack's drift; nothing where there is none. */
export function driftIssue(report: DriftReport): { title: string; body: string } | undefined {
  const { stack, owner, findings, refusals, failures, unread } = report;
  if (findings.length === 0) return undefined;
  const head = `${plainMarkdown(owner)} differs from what the stack \`${stack}\` wrote. See docs/drift.md.`;
  const notes = [
    ...refusals.map((text) => `_Refused: ${issueText(text)}_`),
    ...failures.map((text) => `_Not repaired: ${issueText(text)}_`),
    ...unread.map((text) => `_Not read: ${issueText(text)}_`),
  ];
  const foot = "This issue is closed automatically when a run finds no drift.";
  return {
    title: `Drift in ${owner} (${stack}): ${count(findings.length, "finding")}`,
    body: issueBody({
      head,
      items: findings.map((finding) => describe(finding, stack)),
      notes,
      foot,
    }),
  };
}

function describe(finding: DriftFinding, stack: string): string {
  const { kind, text } = finding;
  return [
    `- ${isSevere(kind) ? "❌" : "⚠️"} **${driftKinds[kind]}**`,
    `  ${[issueText(text), plainMarkdown(describeActor(finding))].filter(Boolean).join(" ")}`,
    `  ${nextStep(finding, stack)}`,
  ].join("<br>\n");
}
