import type { JobRecord, Run } from "../run/run-record.ts";
import { runsOf, type ActionsContext, type ActionsRoutes, type ApiParts } from "./api-parts.ts";
import { paginate, refuse } from "./respond.ts";
import { renderAnnotation, renderJob } from "./shapes.ts";

/** https://docs.github.com/en/rest/actions/workflow-jobs */
export function jobRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, downloads } = parts;
  const withJob =
    (answer: (c: ActionsContext, run: Run, job: JobRecord) => Response) =>
    (c: ActionsContext): Response => {
      for (const run of runsOf(parts, c)) {
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
  // A job's check run has the job's id.
  routes.get(
    "/check-runs/:job/annotations",
    withJob((c, run, job) =>
      c.json(paginate(c, job.annotations).map((each) => renderAnnotation(host, run, each))),
    ),
  );
}
