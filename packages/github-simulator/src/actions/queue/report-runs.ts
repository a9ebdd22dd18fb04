import type { ActionsEvent } from "../host/actions-event.ts";
import type { ActionsHost } from "../host/actions-host.ts";
import type { RunReporter } from "../job/runner-parts.ts";
import type { Json } from "../language/expression.ts";
import type { JobRecord, Run } from "../records/run-record.ts";
import { renderJob, renderRun, renderWorkflow } from "../records/serialize-run.ts";
import type { WorkflowIndex } from "../records/workflow-index.ts";

/**
 * Reports the progress of runs and their jobs to the host, for webhooks.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job
 */
export function reportRuns(host: ActionsHost, index: WorkflowIndex): RunReporter {
  const report = (name: "workflow_run" | "workflow_job", run: Run, payload: () => object) => {
    const { owner, repo } = run.event;
    host.reportRun?.({ name, owner, repo, sender: run.triggeredBy, payload });
  };
  return {
    run: (run, action) =>
      report("workflow_run", run, () => {
        const { owner, repo } = run.event;
        const entry = index.entry(owner, repo, run.workflow.path);
        return {
          action,
          workflow: renderWorkflow(host, entry),
          workflow_run: renderRun(host, run),
        };
      }),
    job: (run: Run, job: JobRecord, action) =>
      report("workflow_job", run, () => ({ action, workflow_job: renderJob(host, run, job) })),
  };
}

/** "You can't use workflow_run to chain together more than three levels of workflows." */
const DEEPEST = 3;

/**
 * The event of a run for the workflows of the default branch; nothing if the chain would become too
 * long.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run
 */
export function workflowRunEvent(
  host: ActionsHost,
  run: Run,
  action: "requested" | "in_progress" | "completed",
): ActionsEvent | undefined {
  const { owner, repo, actor, payload, depth = 0 } = run.event;
  const branch = host.repository(owner, repo)?.defaultBranch ?? "";
  const sha = host.resolveRef(owner, repo, `refs/heads/${branch}`);
  if (sha === undefined || depth >= DEEPEST) return undefined;
  const { repository = null, sender = null } = payload;
  const shown = JSON.parse(JSON.stringify(renderRun(host, run))) as Json;
  return {
    name: "workflow_run",
    owner,
    repo,
    sha,
    ref: `refs/heads/${branch}`,
    actor,
    payload: { action, workflow_run: shown, repository, sender },
    depth: depth + 1,
  };
}
