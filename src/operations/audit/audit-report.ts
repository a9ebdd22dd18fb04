import type { AuditLogAccess } from "../../github/audit-log/audit-log.ts";
import type { AuditFinding } from "./audit-finding.ts";

/** The result of an audit of one stack: what `ghcr-fleet audit --json` prints for each. */
export interface AuditReport {
  readonly stack: string;
  readonly owner: string;
  /** Whether the audit log could be read. */
  readonly log: AuditLogAccess;
  /** The period, ISO-8601. */
  readonly since: string;
  readonly until: string;
  /** How many events were read; 0 without an audit log. */
  readonly events: number;
  /** All findings that are not acknowledged: errors first, then the newest first. */
  readonly findings: readonly AuditFinding[];
  /** Ids of the findings that are new in this run. */
  readonly fresh: readonly string[];
  /** What could not be read, and what would help. */
  readonly unseen: readonly string[];
  /** Whether everything was read that this plan and token can read; the next audit tries again. */
  readonly complete: boolean;
}
