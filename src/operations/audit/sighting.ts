import type { AuditEvent } from "../../github/audit-log/audit-log.ts";
import type { AuditFinding } from "./audit-finding.ts";
import type { Expectations } from "./expectations.ts";

/** One thing that was seen; those that say the same become one finding. */
export type Sighting = Pick<AuditFinding, "rule" | "level" | "text" | "fix"> & {
  /** Tells it from others of its kind, also when it is seen again. */
  readonly source: string;
  /** ISO-8601 */
  readonly at: string;
  readonly repository: string | null;
  readonly actor: string | null;
  readonly address: string | null;
};

/** Finds out whether an event is in order. */
export type Judge = (
  event: AuditEvent,
  expected: Expectations,
) => Pick<Sighting, "rule" | "level" | "text" | "fix"> | undefined;

export function sightingOf(event: AuditEvent, verdict: NonNullable<ReturnType<Judge>>): Sighting {
  return {
    ...verdict,
    source: `${verdict.rule} ${event.id}`,
    at: event.at,
    repository: event.repository ?? null,
    actor: event.actor ?? null,
    address: event.address ?? null,
  };
}

/** Who it was, as far as the log says: `mallory from 203.0.113.9 with docker/27.1`. */
export function culprit({ actor, address, userAgent }: AuditEvent): string {
  const from = address === undefined ? "" : ` from ${address}`;
  const using = userAgent === undefined ? "" : ` with ${userAgent.slice(0, 60)}`;
  return `${actor ?? "somebody"}${from}${using}`;
}
