import type { ActionsEvent } from "../host/actions-event.ts";
import type { ScopedValue } from "../host/actions-host.ts";
import type { Json } from "../language/expression.ts";
import type { Permissions } from "../language/permissions.ts";
import type { JobLog, Mask } from "./job-log.ts";

/** `pending` waits for a concurrency group. */
export type Status = "queued" | "pending" | "in_progress" | "completed";
export type Conclusion = "success" | "failure" | "cancelled" | "skipped" | "startup_failure";

/** https://docs.github.com/en/rest/checks/runs#list-check-run-annotations */
export interface Annotation {
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number | null;
  readonly endColumn: number | null;
}

export interface StepRecord {
  readonly number: number;
  /** As people see it; an expression in it may change when the step starts. */
  name: string;
  status: Status;
  conclusion: Conclusion | undefined;
  startedAt: Date | undefined;
  completedAt: Date | undefined;
}

export interface JobRecord {
  /** Also the id of its check run. */
  readonly id: number;
  /** As people see it, e.g. `build (linux/amd64)` or `caller / build`. */
  readonly name: string;
  /** Keys under `jobs:`: first those of the jobs that called the workflow, then the job's own. */
  readonly path: readonly string[];
  readonly labels: readonly string[];
  readonly log: JobLog;
  /** Hides secrets in the log, annotations and summary. */
  readonly mask: Mask;
  readonly createdAt: Date;
  status: Status;
  conclusion: Conclusion | undefined;
  startedAt: Date | undefined;
  completedAt: Date | undefined;
  /** What the job token was allowed to do. */
  permissions: Permissions;
  readonly steps: StepRecord[];
  readonly annotations: Annotation[];
  /** Markdown of all steps. */
  summary: string;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** Of the run; each name is unique in it. */
  readonly attempt: number;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Attestation {
  readonly id: number;
  /** `sha256:…` of the attested image. */
  readonly subjectDigest: string;
  readonly bundle: Json;
}

/** One start of one workflow by one event; attempts share the id. */
export interface Run {
  readonly id: number;
  /** Counts the runs of a workflow from 1. */
  readonly number: number;
  readonly workflow: { readonly id: number; readonly name: string; readonly path: string };
  readonly event: ActionsEvent;
  /** Unlike the repository's name in the event, this stays the same after a rename. */
  readonly repositoryId: number | undefined;
  title: string;
  readonly createdAt: Date;
  /** Organisation and repository secrets and variables, as of when the attempt was queued. */
  secrets: readonly ScopedValue[];
  variables: readonly ScopedValue[];
  attempt: number;
  /** Whether this attempt was started with debug logging. */
  debug: boolean;
  triggeredBy: string;
  status: Status;
  conclusion: Conclusion | undefined;
  startedAt: Date;
  updatedAt: Date;
  /** Why the run could not start, or was cancelled. */
  message: string | undefined;
  jobs: JobRecord[];
  /** Earlier attempts as they ended, first one first. */
  readonly previous: Run[];
  readonly artifacts: Artifact[];
  readonly attestations: Attestation[];
  /** Cancels the run, its jobs and steps, unless their conditions are still true. */
  abort: AbortController;
  /** Ends them whatever their conditions. */
  forced: AbortController;
}
