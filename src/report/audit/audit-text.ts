import type { Colors } from "picocolors/types.js";
import type { AuditFinding } from "../../operations/audit/audit-finding.ts";
import type { AuditReport } from "../../operations/audit/audit-report.ts";
import { printable } from "../../printable.ts";
import { count, minute } from "../../format-text.ts";

/** An audit for a terminal: its scope, the findings, and what could not be read. */
export function auditText(report: AuditReport, colors: Colors): string {
  const { stack, owner, findings, fresh, unseen } = report;
  const isNew = (id: string) => fresh.includes(id);
  return [
    `${colors.bold(owner)}  stack ${stack}  ${colors.dim(scopeOf(report))}`,
    ...findings.flatMap((finding) => describe(finding, isNew(finding.id), colors)),
    ...unseen.map((text) => `${colors.yellow("not read")} ${printable(text)}`),
    sum(report),
  ].join("\n");
}

function scopeOf({ since, until, log, events }: AuditReport): string {
  const what = log.state === "open" ? count(events, "event") : "no audit log";
  return `${minute(since)} to ${minute(until)} UTC, ${what}`;
}

function describe(finding: AuditFinding, isNew: boolean, colors: Colors): string[] {
  const { id, rule, level, text, fix } = finding;
  const tone = level === "error" ? colors.red : colors.yellow;
  const mark = isNew ? "" : colors.dim(" (reported before)");
  return [
    `${tone(level)} ${colors.bold(rule)} ${colors.dim(id)}${mark}`,
    `  ${printable(text)}`,
    `  ${when(finding)}`,
    `  ${fix}`,
  ];
}

/** "2026-08-13 09:00 UTC", or "3 times, 2026-08-13 09:00 to 2026-08-14 10:00 UTC". */
export function when({ firstAt, lastAt, count: times }: AuditFinding): string {
  if (times === 1) return `${minute(firstAt)} UTC`;
  return `${count(times, "time")}, ${minute(firstAt)} to ${minute(lastAt)} UTC`;
}

function sum({ stack, findings, fresh }: AuditReport): string {
  if (findings.length === 0) return "no findings";
  return `${count(findings.length, "finding")}, ${fresh.length} new; after checking one: ghcr-fleet audit ${stack} --acknowledge <id>`;
}
