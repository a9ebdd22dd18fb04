import { auditRules, type AuditFinding } from "../operations/audit/audit-finding.ts";
import type { AuditReport } from "../operations/audit/audit-report.ts";
import { plainMarkdown } from "../operations/preview/markdown.ts";
import { when } from "./audit-text.ts";
import { count } from "./count.ts";
import { fitList, issueText } from "./fit-list.ts";

/** The issue about an audit's findings; nothing where there are none. */
export function auditIssue(report: AuditReport): { title: string; body: string } | undefined {
  const { stack, owner, findings, unseen } = report;
  if (findings.length === 0) return undefined;
  const grave = findings.filter(({ level }) => level === "error").length;
  const head = [
    `\`ghcr-fleet audit\` found what should not have happened in ${plainMarkdown(owner)}.`,
    grave > 0 ? "Somebody may have the publishing PAT: start with docs/leaked-pat.md." : "",
  ].join(" ");
  const notes = unseen.map((text) => `_Not seen: ${issueText(text)}_`);
  const foot = `When all is looked into: \`ghcr-fleet audit ${stack} --acknowledge all --issue\` closes this issue, where the audit runs: for that of a workflow, see docs/leaked-pat.md.`;
  return {
    title: `Audit of ${owner} (${stack}): ${count(findings.length, "finding")}`,
    body: fitList({ head, items: findings.map(describe), notes, foot }),
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
