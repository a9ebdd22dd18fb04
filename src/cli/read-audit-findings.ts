import { join } from "node:path";
import { auditMemoryPath, readAuditMemory } from "../audit/audit-memory.ts";
import type { AuditFinding } from "../report/fleet-report.ts";

/** What earlier audits of a stack found and nobody acknowledged; nothing where there was none. */
export async function readAuditFindings(
  folder: string,
  stack: string,
): Promise<AuditFinding[] | undefined> {
  const memory = await readAuditMemory(auditMemoryPath(join(folder, ".ghcr-fleet"), stack));
  return memory?.findings.map(({ level, text, fix, lastAt, repository, actor }) => ({
    at: lastAt,
    severity: level === "error" ? "problem" : "warning",
    text: `${text} ${fix}`,
    actor,
    repository,
    url: null,
  }));
}
