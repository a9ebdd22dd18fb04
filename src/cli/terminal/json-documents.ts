// What the verbs print with --json. docs/schemas describes each as a JSON Schema: npm run schema
import type { Severity } from "@pulumi/policy";
import type {
  ExplainedRepository,
  SelectingRule,
} from "../../fleet/selection/explain-selection.ts";
import type { AuditReport } from "../../operations/audit/audit-report.ts";
import type { Finding } from "../../operations/doctor/finding.ts";
import type { DriftReport } from "../../operations/drift/drift-report.ts";
import type { StackPreview } from "../../operations/preview/stack-preview.ts";
import type { FleetStatus } from "../../operations/status/fleet-status.ts";
import type { Crossing } from "../../operations/status/crossing.ts";
import type { RolloutEvent } from "../../operations/waves/rollout-event.ts";

/**
 * What JSON.stringify() keeps of a type: a property without a value is absent. The schemas know that of mapped
 * types only.
 */
type AsJson<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly AsJson<Item>[]
    : { [Key in keyof T]: AsJson<T[Key]> };

/** Most verbs print the same thing for each stack. The version is increased when a reader of the older one would misread a document. */
type OfStacks<Stack> = AsJson<{ readonly version: 1; readonly stacks: readonly Stack[] }>;

/** `ghcr-fleet audit --json` */
export type AuditDocument = OfStacks<AuditReport>;

/** `ghcr-fleet check --json` */
export type CheckDocument = AsJson<{
  readonly version: 1;
  /** What was judged. */
  readonly files: readonly string[];
  readonly findings: readonly {
    readonly rule: string;
    readonly level: "mandatory" | "advisory";
    readonly severity: Severity;
    /** Absent where it is not about a file. */
    readonly path?: string;
    readonly line?: number;
    readonly message: string;
    /** The next step. */
    readonly fix: string;
    /** Public page that the rule is based on. */
    readonly source: string;
  }[];
  /** What could not be judged, one sentence each. */
  readonly open: readonly string[];
}>;

/** `ghcr-fleet doctor --json` */
export type DoctorDocument = AsJson<{
  readonly version: 1;
  /** What all stacks share. */
  readonly checks: readonly Finding[];
  /** Empty without an engine. */
  readonly stacks: readonly { readonly stack: string; readonly checks: readonly Finding[] }[];
}>;

/** `ghcr-fleet drift --json` */
export type DriftDocument = OfStacks<DriftReport>;

/** `ghcr-fleet fleet --json` */
export type FleetDocument = OfStacks<{
  readonly stack: string;
  readonly owner: string;
  readonly repositories: readonly ExplainedRepository[];
  /** Parts of entries that no repository matches. */
  readonly unmatched: readonly SelectingRule[];
}>;

/** `ghcr-fleet preview --json` */
export type PreviewDocument = OfStacks<StackPreview>;

/** `ghcr-fleet repair --json` */
export type RepairDocument = AsJson<{
  readonly version: 1;
  readonly files: readonly {
    readonly path: string;
    readonly edits: readonly {
      readonly line: number;
      readonly kind: string;
      /** Absent where a line is added. */
      readonly before?: string | undefined;
      /** Absent where a line is removed. */
      readonly after?: string | undefined;
    }[];
    /** What is left to a person. */
    readonly unresolved: readonly {
      readonly line: number;
      readonly reason: string;
      readonly fix: string;
    }[];
    /** Scripts and targets that get secrets, and may log in. */
    readonly notRead?: readonly {
      readonly line: number;
      readonly runs: string;
      readonly secrets: readonly string[];
    }[];
  }[];
  /** Other files of the checkout that need a repair. */
  readonly alsoNeedRepair?: readonly string[];
}>;

/** Each line of `ghcr-fleet rollout --json` and `ghcr-fleet rotate --json`. */
export type EventDocument = AsJson<{ readonly version: 1 } & RolloutEvent>;

/** `ghcr-fleet status --json` */
export type StatusDocument = OfStacks<FleetStatus & { readonly crossings: readonly Crossing[] }>;
