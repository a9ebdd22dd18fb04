import type { ActionsHost } from "../host/actions-host.ts";
import { renderJob, renderRun, renderWorkflow } from "../records/serialize-run.ts";
import type { JobRecord, Run } from "../records/run-record.ts";
import type { RunReporter } from "../job/runner-parts.ts";
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
