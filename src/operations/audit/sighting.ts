import type { AuditEvent } from "../../github/audit-log/audit-log.ts";
import type { AuditFinding } from "./audit-finding.ts";
import type { Expectations } from "./expectations.ts";

/** One unexpected event; those with the same text become one finding. */
export type Sighting = Pick<AuditFinding, "rule" | "level" | "text" | "fix"> & {
  /** Identifies it, also when it is read again. */
  readonly source: string;
  /** ISO-8601 */
  readonly at: string;
  readonly repository: string | null;
  readonly actor: string | null;
  readonly address: string | null;
};

/** Judges an event; nothing where it is expected. */
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

/** Who it was, as far as the log shows: `mallory from 203.0.113.9 with docker/27.1`. */
export function describeActor({ actor, address, userAgent }: AuditEvent): string {
  const from = address === undefined ? "" : ` from ${address}`;
  const using = userAgent === undefined ? "" : ` with ${userAgent.slice(0, 60)}`;
  return `${actor ?? "somebody"}${from}${using}`;
}
