import { personAt } from "../world/actor.ts";
import type { ActionsHost } from "../actions/host/actions-host.ts";
import { auditedRepository, recordAudit } from "../world/audit-log.ts";
import type { World } from "../world/world.ts";

/**
 * Logs each job with the names of the secrets that it received.
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#workflows
 */
export function auditJobs(world: World): Pick<ActionsHost, "jobPrepared"> {
  return {
    jobPrepared(job) {
      const repository = world.repository(`${job.owner}/${job.repo}`);
      const actor = { ...personAt(job.actor), kind: "job" } as const;
      recordAudit({ world, actor }, "workflows.prepared_workflow_job", {
        ...auditedRepository(repository),
        job_name: job.name,
        job_workflow_ref: job.workflowRef,
        calling_workflow_refs: [...job.callingWorkflowRefs],
        secrets_passed: [...job.secretsPassed],
        workflow_run_id: job.runId,
        runner_labels: ["ubuntu-24.04"],
        is_hosted_runner: true,
        ...(job.environment !== undefined && { environment_name: job.environment }),
      });
    },
  };
}
