import type { JobRecord, Run } from "../records/run-record.ts";
import { runsOf, type ActionsContext, type ActionsRoutes, type ApiParts } from "./api-parts.ts";
import { paginate, refuse } from "./respond.ts";
import { runAgain } from "./run-routes.ts";
import { renderAnnotation, renderJob } from "../records/serialize-run.ts";

/** https://docs.github.com/en/rest/actions/workflow-jobs */
export function jobRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, downloads } = parts;
  const withJob =
    <Answer extends Response | Promise<Response>>(
      answer: (c: ActionsContext, run: Run, job: JobRecord) => Answer,
    ) =>
    (c: ActionsContext): Answer | Response => {
      for (const run of runsOf(parts, c).flatMap((each) => [each, ...each.previous])) {
        const job = run.jobs.find((each) => String(each.id) === c.req.param("job"));
        if (job !== undefined) return answer(c, run, job);
      }
      return refuse(c, 404, "Not Found");
    };
  routes.get(
    "/actions/jobs/:job",
    withJob((c, run, job) => c.json(renderJob(host, run, job))),
  );
  routes.get(
    "/actions/jobs/:job/logs",
    withJob((c, _run, job) =>
      c.redirect(downloads.offer("text/plain; charset=utf-8", job.log.text()), 302),
    ),
  );
  routes.post(
    "/actions/jobs/:job/rerun",
    withJob((c, run, job) =>
      runsOf(parts, c).includes(run)
        ? runAgain(c, parts, run, job)
        : refuse(c, 403, "This job cannot be retried"),
    ),
  );
  // A job's check run has the job's id.
  routes.get(
    "/check-runs/:job/annotations",
    withJob((c, run, job) =>
      c.json(paginate(c, job.annotations).map((each) => renderAnnotation(host, run, each))),
    ),
  );
}
