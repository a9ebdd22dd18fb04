import { join } from "node:path";
import { auditMemoryPath, readAuditMemory } from "../../operations/audit/audit-memory.ts";
import type { AuditFinding } from "../../report/fleet-report.ts";
import { UserError } from "../../user-error.ts";

/**
 * What earlier audits of a stack found and nobody acknowledged; nothing where there was none. A file
 * that cannot be read is a finding of its own: the rest of the report holds.
 */
export async function readAuditFindings(
  folder: string,
  stack: string,
): Promise<AuditFinding[] | undefined> {
  const file = auditMemoryPath(join(folder, ".ghcr-fleet"), stack);
  const memory = await readAuditMemory(file).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (memory instanceof UserError) {
    const nobody = { at: null, actor: null, repository: null, url: null };
    return [{ ...nobody, severity: "warning", text: memory.message }];
  }
  return memory?.findings.map(({ level, text, fix, lastAt, repository, actor }) => ({
    at: lastAt,
    severity: level === "error" ? "problem" : "warning",
    text: `${text} ${fix}`,
    actor,
    repository,
    url: null,
  }));
}
