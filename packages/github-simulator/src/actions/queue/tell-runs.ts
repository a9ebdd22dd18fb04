import type { ActionsHost } from "../actions-host.ts";
import { renderJob, renderRun, renderWorkflow } from "../api/shapes.ts";
import type { JobRecord, Run } from "../run/run-record.ts";
import type { RunTeller } from "../run/runner-parts.ts";
import type { WorkflowIndex } from "./workflow-index.ts";

/**
 * Tells the host how runs and their jobs go on, as webhooks hear of it.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job
 */
export function tellRuns(host: ActionsHost, index: WorkflowIndex): RunTeller {
  const tell = (name: "workflow_run" | "workflow_job", run: Run, payload: () => object) => {
    const { owner, repo } = run.event;
    host.runTold?.({ name, owner, repo, sender: run.triggeredBy, payload });
  };
  return {
    run: (run, action) =>
      tell("workflow_run", run, () => {
        const { owner, repo } = run.event;
        const entry = index.entry(owner, repo, run.workflow.path);
        return {
          action,
          workflow: renderWorkflow(host, entry),
          workflow_run: renderRun(host, run),
        };
      }),
    job: (run: Run, job: JobRecord, action) =>
      tell("workflow_job", run, () => ({ action, workflow_job: renderJob(host, run, job) })),
  };
}
