import { createHash } from "node:crypto";
import type { AuditFinding } from "./audit-finding.ts";
import type { Sighting } from "./sighting.ts";

/**
 * Adds sightings to the open findings. A token that is used a thousand times from one place is one finding
 * with a count.
 */
export function collectFindings(
  open: readonly AuditFinding[],
  sightings: readonly Sighting[],
): AuditFinding[] {
  const byText = new Map(open.map((finding) => [keyOf(finding), finding]));
  for (const sighting of [...sightings].sort((a, b) => compare(a.at, b.at))) {
    const known = byText.get(keyOf(sighting));
    byText.set(keyOf(sighting), known ? seenAgain(known, sighting) : toFinding(sighting));
  }
  return [...byText.values()].sort(
    (a, b) => rank(a) - rank(b) || compare(b.lastAt, a.lastAt) || compare(a.id, b.id),
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function keyOf({ rule, text }: Pick<Sighting, "rule" | "text">): string {
  return `${rule} ${text}`;
}

function seenAgain(finding: AuditFinding, { at }: Sighting): AuditFinding {
  return {
    ...finding,
    firstAt: at < finding.firstAt ? at : finding.firstAt,
    lastAt: at > finding.lastAt ? at : finding.lastAt,
    count: finding.count + 1,
  };
}

function toFinding({ source, at, ...rest }: Sighting): AuditFinding {
  const id = createHash("sha256").update(source).digest("hex").slice(0, 12);
  return { id, ...rest, firstAt: at, lastAt: at, count: 1 };
}

function rank({ level }: AuditFinding): number {
  return level === "error" ? 0 : 1;
}
