import { z } from "zod";
import { fleetStatusSchema, type FleetStatus } from "../operations/status/fleet-status.ts";
import type { Thresholds } from "../operations/status/judge-status.ts";

/** Increased when a reader of an older version would misread a document. */
export const reportVersion = 1;

const moment = z.iso.datetime({ offset: true });
const webUrl = z.url({ protocol: /^https?$/ });

const level = z.enum(["mandatory", "advisory"]);

/** A policy rule, and its violations. */
const policySchema = z.object({
  /** `workflow-pinned` */
  id: z.string(),
  level,
  severity: z.enum(["low", "medium", "high", "critical"]),
  description: z.string(),
  remediation: z.string(),
  /** Public page that the rule is based on. */
  source: webUrl,
  violations: z.array(
    z.object({
      stack: z.string(),
      repository: z.string(),
      path: z.string(),
      line: z.int(),
      /** That of the rule where absent. In files that people write, rules about style are advisory. */
      level: level.optional(),
      /** "must …", with a full stop. */
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

/** An event of a rollout or a rotation. */
export const timelineEventSchema = z.object({
  at: moment,
  stack: z.string(),
  /** Null where it is about the whole rollout. */
  wave: z.string().nullable(),
  repository: z.string().nullable(),
  outcome: z.enum(["good", "bad", "warn", "neutral"]),
  text: z.string(),
  url: webUrl.nullable(),
});

/** A finding of an audit that is not acknowledged. */
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
  /** Oldest first; null where no rollout is known. */
  timeline: z.array(timelineEventSchema).nullable(),
  /** Null: there was no audit. */
  audit: z.array(auditFindingSchema).nullable(),
});

/** All data that a report shows; the renderers only add words. */
export type FleetReport = z.output<typeof fleetReportSchema>;
export type Policies = z.output<typeof policiesSchema>;
export type Policy = z.output<typeof policySchema>;
export type TimelineEvent = z.output<typeof timelineEventSchema>;
export type AuditFinding = z.output<typeof auditFindingSchema>;

/**
 * The broken rules, the mandatory ones first. One that is mandatory in the fleet's files and advisory in
 * people's is there once for each.
 */
export function brokenRules({ rules }: Policies): Policy[] {
  return level.options.flatMap((wanted) =>
    rules.flatMap((rule) => {
      const found = rule.violations.filter(({ level = rule.level }) => level === wanted);
      return found.length > 0 ? [{ ...rule, level: wanted, violations: found }] : [];
    }),
  );
}

/** When the newest of the stacks was read: the age of the report. */
export function newestReading(stacks: readonly Pick<FleetStatus, "readAt">[]): string {
  const moments = stacks.map(({ readAt }) => readAt);
  return moments.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? "";
}

/** What a renderer needs in addition to the report. */
export interface ReportOptions {
  readonly thresholds: Thresholds;
}
