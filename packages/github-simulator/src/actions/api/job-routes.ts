import { ApiError } from "../../http/api-error.ts";
import { renderAnnotation, renderJob } from "../records/serialize-run.ts";
import {
  type ActionsContext,
  type ActionsRoutes,
  type ApiParts,
  found,
  paginate,
  runsOf,
} from "./api-parts.ts";
import { runAgain } from "./run-routes.ts";

/** https://docs.github.com/en/rest/actions/workflow-jobs */
export function jobRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, downloads } = parts;
  const jobOf = (c: ActionsContext) => {
    const attempts = runsOf(parts, c).flatMap((run) => [run, ...run.previous]);
    const jobs = attempts.flatMap((run) => run.jobs.map((job) => ({ run, job })));
    return found(jobs.find(({ job }) => String(job.id) === c.req.param("job")));
  };
  routes.get("/actions/jobs/:job", (c) => {
    const { run, job } = jobOf(c);
    return c.json(renderJob(host, run, job));
  });
  routes.get("/actions/jobs/:job/logs", (c) => {
    const text = jobOf(c).job.log.text();
    return c.redirect(downloads.offer("text/plain; charset=utf-8", text), 302);
  });
  routes.post("/actions/jobs/:job/rerun", (c) => {
    const { run, job } = jobOf(c);
    if (!runsOf(parts, c).includes(run)) throw new ApiError(403, "This job cannot be retried");
    return runAgain(c, parts, run, job);
  });
  // A job's check run has the job's id.
  routes.get("/check-runs/:job/annotations", (c) => {
    const { run, job } = jobOf(c);
    return c.json(paginate(c, job.annotations).map((each) => renderAnnotation(host, run, each)));
  });
}
