import type { ActionsHost } from "../actions-host.ts";
import type { ExpressionScope, Json, StatusFunctions } from "../language/expression.ts";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type { StepsJob } from "../language/workflow-file.ts";
import { hashFiles } from "./hash-files.ts";
import type { Mask } from "./mask.ts";
import type { Annotation, JobRecord, Run } from "./run-record.ts";

/** Folders of one job; they are gone when the job is over. */
export interface JobFolders {
  readonly root: string;
  /** `github.workspace` */
  readonly workspace: string;
  readonly home: string;
  /** `runner.temp` */
  readonly temp: string;
  readonly toolCache: string;
  /** Actions of other repositories. */
  readonly actions: string;
}

export interface StepResult {
  readonly outputs: Record<string, string>;
  outcome: "success" | "failure" | "cancelled" | "skipped";
  conclusion: "success" | "failure" | "cancelled" | "skipped";
}

/** Work an action left for the end of the job, e.g. a logout. */
export interface PostStep {
  readonly name: string;
  run(): Promise<void>;
}

/** A job while it runs. */
export interface ActiveJob {
  readonly host: ActionsHost;
  readonly run: Run;
  readonly definition: StepsJob;
  /** `defaults` of the job and of the workflow, the nearer ones first. */
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
  /** `GITHUB_…`, `RUNNER_…`, `HOME` and the like. */
  readonly runnerEnv: Readonly<Record<string, string>>;
  /** `env` of the workflow and the job; `GITHUB_ENV` adds to it. */
  readonly env: Record<string, string>;
  /** Inside a composite action: `env` of the step that uses it. */
  readonly outerEnv: Readonly<Record<string, string>>;
  /** Folders that `GITHUB_PATH` put in front, the newest first. */
  readonly path: string[];
  readonly steps: Map<string, StepResult>;
  /** In how many composite actions, one in the other, the steps are. */
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

/**
 * What expressions inside the job see.
 * @param env the step's environment
 * @param own what of the `github` context is the step's own
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
  const jobStatus = status.cancelled ? "cancelled" : status.failure ? "failure" : "success";
  return {
    contexts: {
      ...job.contexts,
      github: { ...job.github, ...own },
      steps,
      env,
      job: { status: jobStatus, check_run_id: job.record.id },
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
