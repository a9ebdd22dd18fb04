import { auditRules } from "../operations/audit/audit-finding.ts";
import type { AuditReport } from "../operations/audit/audit-report.ts";
import { stackFileName } from "../stack/stack-file-name.ts";
import { findingsSarif } from "./findings-sarif.ts";

const help = "docs/leaked-pat.md";

/** The findings of audits as SARIF 2.1.0. */
export function auditSarif(reports: readonly AuditReport[]): object {
  return findingsSarif(
    "ghcr-fleet audit",
    Object.entries(auditRules).map(([id, title]) => ({ id, title, help })),
    reports.flatMap(({ stack, findings }) =>
      findings.map(({ id, rule, level, text, fix }) => ({
        rule,
        level,
        text: `${text}. ${fix}`,
        fingerprint: id,
        file: stackFileName(stack),
      })),
    ),
  );
}
