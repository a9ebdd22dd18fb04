import type { AuditLogAccess } from "../../github/audit-log/audit-log.ts";
import type { AuditFinding } from "./audit-finding.ts";

/** Raised when a reader of an older version would misread a document. */
export const auditVersion = 1;

/** What an audit of one stack came to: what `ghcr-fleet audit --json` prints for each. */
export interface AuditReport {
  readonly stack: string;
  readonly owner: string;
  /** Whether there was an audit log to ask. */
  readonly log: AuditLogAccess;
  /** What was looked at, ISO-8601. */
  readonly since: string;
  readonly until: string;
  /** How many events were read; 0 without an audit log. */
  readonly events: number;
  /** All that nobody has acknowledged, the gravest and newest first. */
  readonly findings: readonly AuditFinding[];
  /** Ids of those that this run found. */
  readonly fresh: readonly string[];
  /** What could not be seen, and what would help. */
  readonly unseen: readonly string[];
  /** Whether all was read that this plan and token can read; the next audit looks again. */
  readonly complete: boolean;
}
