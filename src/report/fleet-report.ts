import { z } from "zod";
import { fleetStatusSchema, type FleetStatus } from "../operations/status/fleet-status.ts";
import type { Thresholds } from "../operations/status/judge-status.ts";

/** Raised when a reader of an older version would misread a document. */
export const reportVersion = 1;

const moment = z.iso.datetime({ offset: true });
const webUrl = z.url({ protocol: /^https?$/ });

/** A policy rule, and where it does not hold. */
const policySchema = z.object({
  /** `workflow-pinned` */
  id: z.string(),
  level: z.enum(["mandatory", "advisory"]),
  severity: z.enum(["low", "medium", "high", "critical"]),
  description: z.string(),
  remediation: z.string(),
  /** Public page that the rule rests on. */
  source: webUrl,
  violations: z.array(
    z.object({
      stack: z.string(),
      repository: z.string(),
      path: z.string(),
      line: z.int(),
      /** "must …", with the full stop. */
      message: z.string(),
      url: webUrl.nullable(),
    }),
  ),
});

const policiesSchema = z.object({
  /** Workflow files that were judged. */
  files: z.int(),
  /** Every rule that was applied. */
  rules: z.array(policySchema),
});

/** A moment of a rollout. */
export const timelineEventSchema = z.object({
  at: moment,
  stack: z.string(),
  /** None where it is the rollout's as a whole. */
  wave: z.string().nullable(),
  repository: z.string().nullable(),
  outcome: z.enum(["good", "bad", "warn", "neutral"]),
  text: z.string(),
  url: webUrl.nullable(),
});

/** What a look at the audit log, or at what there is in its place, raised. */
const auditFindingSchema = z.object({
  at: moment.nullable(),
  severity: z.enum(["problem", "warning", "note"]),
  text: z.string(),
  actor: z.string().nullable(),
  repository: z.string().nullable(),
  url: webUrl.nullable(),
});

export const fleetReportSchema = z.object({
  version: z.literal(reportVersion),
  writtenAt: moment,
  stacks: z.array(fleetStatusSchema).min(1),
  /** Null: not judged. */
  policies: policiesSchema.nullable(),
  /** Oldest first; null where no rollout is known of. */
  timeline: z.array(timelineEventSchema).nullable(),
  /** Null: not looked at. */
  audit: z.array(auditFindingSchema).nullable(),
});

/** All that a report shows. Plain data: the renderers add nothing but words. */
export type FleetReport = z.output<typeof fleetReportSchema>;
export type Policies = z.output<typeof policiesSchema>;
export type Policy = z.output<typeof policySchema>;
export type TimelineEvent = z.output<typeof timelineEventSchema>;
export type AuditFinding = z.output<typeof auditFindingSchema>;

/** When the newest of the stacks was read: the age of the report. */
export function newestReading(stacks: readonly Pick<FleetStatus, "readAt">[]): string {
  const moments = stacks.map(({ readAt }) => readAt);
  return moments.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? "";
}

/** What a renderer needs beside the report. */
export interface ReportOptions {
  readonly thresholds: Thresholds;
}
