import { timestamp } from "../clock.ts";
import { headOf } from "../actions/host/actions-event.ts";
import type { Actions } from "../actions/create-actions.ts";
import { webUrl } from "../serializers/account.ts";
import type { ChecksOf } from "../world/state/check.ts";

/** The jobs of a commit's runs as checks, including those of earlier attempts. */
export function checksOfRuns(actions: Actions): ChecksOf {
  return ({ id, owner, name }, sha) =>
    actions
      .runs()
      .filter(({ repositoryId, event }) => repositoryId === id && headOf(event).sha === sha)
      .toReversed()
      .flatMap((run) => [run, ...run.previous.toReversed()])
      .flatMap((run) =>
        run.jobs.map((job) => ({
          id: job.id,
          suite: run.id,
          name: job.name,
          workflow: { id: run.workflow.id, name: run.workflow.name },
          event: run.event.name,
          status: job.status,
          conclusion: job.conclusion ?? null,
          startedAt: timestamp((job.startedAt ?? job.createdAt).getTime()),
          completedAt: job.completedAt ? timestamp(job.completedAt.getTime()) : null,
          page: `${webUrl}/${owner}/${name}/actions/runs/${run.id}/job/${job.id}`,
          annotations: job.annotations.length,
        })),
      );
}
