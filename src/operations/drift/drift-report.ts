import type { DriftFinding } from "./drift-finding.ts";

/** A difference whose repair waits for a merge. */
export type OfferedRepair = DriftFinding & { readonly pullRequestUrl: string };

/** The drift of one stack: what `ghcr-fleet drift --json` prints for each. */
export interface DriftReport {
  readonly stack: string;
  readonly owner: string;
  /** ISO-8601, by GitHub's clock. */
  readonly readAt: string;
  /** What differs from what the stack wrote; after a repair, what is left. */
  readonly findings: readonly DriftFinding[];
  /** What the configuration declares and no update has applied yet. */
  readonly pending: readonly string[];
  /** The fleet's own pull requests that a person has to merge: `api: waits for merge #1 https://...`. No drift. */
  readonly waiting: readonly string[];
  /** What this run repaired. */
  readonly repaired: readonly DriftFinding[];
  /** What this run offered in a pull request, which a person has to merge. */
  readonly offered: readonly OfferedRepair[];
  /** Policies that forbade a repair. */
  readonly refusals: readonly string[];
  /** Other reasons why a repair failed. */
  readonly failures: readonly string[];
  /** What could not be read, and why. */
  readonly unread: readonly string[];
}
