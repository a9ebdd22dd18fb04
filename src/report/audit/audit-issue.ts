import { auditRules, type AuditFinding } from "../../operations/audit/audit-finding.ts";
import type { AuditReport } from "../../operations/audit/audit-report.ts";
import { plainMarkdown } from "../../markdown.ts";
import { when } from "./audit-text.ts";
import { issueBody, issueText } from "../issue-body.ts";
import { count } from "../../format-text.ts";

/** The issue for an audit's findings; nothing where there are none. */
export function auditIssue(report: AuditReport): { title: string; body: string } | undefined {
  const { stack, owner, findings, unseen } = report;
  if (findings.length === 0) return undefined;
  const grave = findings.filter(({ level }) => level === "error").length;
  const head = [
    `\`ghcr-fleet audit ${stack}\` found unexpected events in ${plainMarkdown(owner)}.`,
    grave > 0 ? "The publishing PAT may be leaked: start with docs/leaked-pat.md." : "",
  ].join(" ");
  const notes = unseen.map((text) => `_Not read: ${issueText(text)}_`);
  const foot = `When all findings are checked, run \`ghcr-fleet audit ${stack} --acknowledge all --issue\` where the audit runs: it closes this issue. For an audit in a workflow, see docs/leaked-pat.md.`;
  return {
    title: `Audit of ${owner} (${stack}): ${count(findings.length, "finding")}`,
    body: issueBody({ head, items: findings.map(describe), notes, foot }),
  };
}

function describe(finding: AuditFinding): string {
  const { id, rule, level, text, fix } = finding;
  const mark = level === "error" ? "❌" : "⚠️";
  return [
    `- ${mark} **${auditRules[rule]}** (\`${id}\`)`,
    `  ${issueText(text)}`,
    `  ${when(finding)}. ${fix}`,
  ].join("<br>\n");
}
