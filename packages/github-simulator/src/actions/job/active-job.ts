import type { JobFolders } from "../action/known-action.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import type { ExpressionScope, Json, StatusFunctions } from "../language/expression.ts";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type { StepsJob } from "../language/workflow-file.ts";
import type { Mask } from "../records/job-log.ts";
import type { Annotation, JobRecord, Run } from "../records/run-record.ts";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { globFiles } from "../action/glob-files.ts";

export interface StepResult {
  readonly outputs: Record<string, string>;
  outcome: "success" | "failure" | "cancelled" | "skipped";
  conclusion: "success" | "failure" | "cancelled" | "skipped";
}

/** Work an action left for the end of the job, e.g. a logout. */
interface PostStep {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/** A job while it runs. */
export interface ActiveJob {
  readonly host: ActionsHost;
  readonly run: Run;
  readonly definition: StepsJob;
  /** `defaults` of the job and of the workflow; the job's come first. */
  readonly defaults: readonly TemplateToken[];
  readonly record: JobRecord;
  readonly folders: JobFolders;
  readonly mask: Mask;
  /** The job's GITHUB_TOKEN. */
  readonly token: string;
  /** Where commands of `run:` steps are looked up. */
  readonly toolPath: string;
  /** Whether `run:` steps are executed. */
  readonly scripts: boolean;
  /** The `github` context, as far as it is the same for all steps. */
  readonly github: Readonly<Record<string, Json>>;
  /** `github`, `vars`, `secrets`, `needs`, `matrix`, `strategy`, `inputs` and `runner`. */
  readonly contexts: Readonly<Record<string, Json>>;
  /** Parts of the `job` context that stay the same. */
  readonly identity: Readonly<Record<string, Json>>;
  /** `GITHUB_…`, `RUNNER_…`, `HOME` and the like. */
  readonly runnerEnv: Readonly<Record<string, string>>;
  /** `env` of the workflow and the job; `GITHUB_ENV` adds to it. */
  readonly env: Record<string, string>;
  /** Inside a composite action: `env` of the step that uses it. */
  readonly outerEnv: Readonly<Record<string, string>>;
  /** Folders that `GITHUB_PATH` added, newest first. */
  readonly path: string[];
  readonly steps: Map<string, StepResult>;
  /** How deep the steps are nested in composite actions. */
  readonly depth: number;
  readonly postSteps: PostStep[];
  /** Aborts when the job is cancelled or out of time. */
  readonly signal: AbortSignal;
  failed: boolean;
}

function statusOf(job: ActiveJob): StatusFunctions {
  const cancelled = job.signal.aborted;
  return { success: !job.failed && !cancelled, failure: job.failed && !cancelled, cancelled };
}

/** Of the job, or of the composite action whose steps run. */
export function statusName(job: ActiveJob): "success" | "failure" | "cancelled" {
  const { cancelled, failure } = statusOf(job);
  return cancelled ? "cancelled" : failure ? "failure" : "success";
}

/**
 * The contexts of expressions inside the job.
 * @param env the step's environment
 * @param own the part of the `github` context that belongs to the step
 */
export function scopeOf(
  job: ActiveJob,
  env: Readonly<Record<string, string>>,
  own: Readonly<Record<string, Json>> = {},
): ExpressionScope {
  const status = statusOf(job);
  const steps = Object.fromEntries(
    Array.from(job.steps, ([id, { outputs, outcome, conclusion }]) => [
      id,
      { outputs, outcome, conclusion },
    ]),
  );
  return {
    contexts: {
      ...job.contexts,
      github: {
        ...job.github,
        ...own,
        ...(job.depth > 0 && { action_status: statusName(job) }),
      },
      steps,
      env,
      job: { status: statusName(job), ...job.identity },
    },
    status,
    hashFiles: (patterns) => hashFiles(job.folders.workspace, patterns),
  };
}

/** Writes a message to the log and shows it on the run's page. */
export function annotate(
  job: ActiveJob,
  level: Annotation["level"],
  message: string,
  place: Partial<Omit<Annotation, "level" | "message">> = {},
): void {
  const prefix = { notice: "notice", warning: "warning", failure: "error" }[level];
  job.record.log.write(`##[${prefix}]${message}`);
  const line = place.startLine ?? job.record.log.lineCount();
  job.record.annotations.push({
    level,
    message: job.mask.apply(message),
    title: job.mask.apply(place.title ?? ""),
    path: place.path ?? ".github",
    startLine: line,
    endLine: place.endLine ?? line,
    startColumn: place.startColumn ?? null,
    endColumn: place.endColumn ?? null,
  });
}

/**
 * `hashFiles()` in expressions: a hash of the hashes of all matching files in the workspace, empty if none match.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#hashfiles
 */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const lines = patterns.flatMap((each) => each.split("\n")).map((line) => line.trim());
  const { files } = globFiles(
    workspace,
    lines.filter((line) => line !== "" && !line.startsWith("#")),
  );
  const inside = files.filter((file) => file.startsWith(join(workspace, sep)));
  if (inside.length === 0) return "";
  const all = createHash("sha256");
  for (const file of inside) all.update(createHash("sha256").update(readFileSync(file)).digest());
  return all.digest("hex");
}
