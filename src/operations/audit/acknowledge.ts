import type { AuditMemory } from "./audit-memory.ts";

/**
 * Takes findings off the list; what they were about is not told again, what happens anew is.
 *
 * @param ids beginnings of ids, or `all`
 * @returns `unknown`: those that fit no finding
 */
export function acknowledge(
  memory: AuditMemory,
  ids: readonly string[],
): { memory: AuditMemory; acknowledged: number; unknown: string[] } {
  const isMeant = (id: string) => ids.some((each) => each === "all" || id.startsWith(each));
  const findings = memory.findings.filter(({ id }) => !isMeant(id));
  const unknown = ids.filter(
    (each) => each !== "all" && !memory.findings.some(({ id }) => id.startsWith(each)),
  );
  const acknowledged = memory.findings.length - findings.length;
  return { memory: { ...memory, findings }, acknowledged, unknown };
}
