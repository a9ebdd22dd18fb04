import { zipSync, strToU8 } from "fflate";
import { z } from "zod";
import type { Run } from "../records/run-record.ts";
import type { Again } from "../queue/kept-jobs.ts";
import { runsOf, type ActionsContext, type ActionsRoutes, type ApiParts } from "./api-parts.ts";
import { filterRuns } from "./filter-runs.ts";
import { paginate, refuse } from "./respond.ts";
import { renderJob, renderRun } from "../records/serialize-run.ts";

/** https://docs.github.com/en/rest/actions/workflow-runs */
export function runRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, queue, downloads } = parts;
  const withRun =
    <Answer extends Response | Promise<Response>>(
      answer: (c: ActionsContext, run: Run) => Answer,
    ) =>
    (c: ActionsContext): Answer | Response => {
      const run = runsOf(parts, c).find((each) => String(each.id) === c.req.param("run"));
      return run === undefined ? refuse(c, 404, "Not Found") : answer(c, run);
    };
  routes.get("/actions/runs", (c) => {
    const runs = filterRuns(runsOf(parts, c), c.req.query());
    return c.json({
      total_count: runs.length,
      workflow_runs: paginate(c, runs).map((run) => renderRun(host, run)),
    });
  });
  routes.get(
    "/actions/runs/:run",
    withRun((c, run) => c.json(renderRun(host, run))),
  );
  const withAttempt = (answer: (c: ActionsContext, attempt: Run) => Response) =>
    withRun((c, run) => {
      const number = Number(c.req.param("attempt"));
      const attempt = [...run.previous, run].find((each) => each.attempt === number);
      return attempt === undefined ? refuse(c, 404, "Not Found") : answer(c, attempt);
    });
  const listJobs = (c: ActionsContext, attempts: readonly Run[]): Response => {
    const jobs = attempts.flatMap((run) => run.jobs.map((job) => ({ run, job })));
    return c.json({
      total_count: jobs.length,
      jobs: paginate(c, jobs).map(({ run, job }) => renderJob(host, run, job)),
    });
  };
  const logs = (c: ActionsContext, run: Run): Response =>
    c.redirect(downloads.offer("application/zip", zipLogs(run)), 302);
  routes.get(
    "/actions/runs/:run/jobs",
    withRun((c, run) =>
      listJobs(c, c.req.query("filter") === "all" ? [...run.previous, run] : [run]),
    ),
  );
  routes.get("/actions/runs/:run/logs", withRun(logs));
  const attempt = "/actions/runs/:run/attempts/:attempt";
  routes.get(
    attempt,
    withAttempt((c, run) => c.json(renderRun(host, run))),
  );
  routes.get(
    `${attempt}/jobs`,
    withAttempt((c, run) => listJobs(c, [run])),
  );
  routes.get(`${attempt}/logs`, withAttempt(logs));
  const cancel = (how: "cancel" | "forceCancel") =>
    withRun((c, run) => {
      if (run.status === "completed") {
        return refuse(c, 409, "Cannot cancel a workflow run that is completed.");
      }
      queue[how](run, "The run was canceled.");
      return c.json({}, 202);
    });
  routes.post("/actions/runs/:run/cancel", cancel("cancel"));
  routes.post("/actions/runs/:run/force-cancel", cancel("forceCancel"));
  const rerun = (again: Again) => withRun((c, run) => runAgain(c, parts, run, again));
  routes.post("/actions/runs/:run/rerun", rerun("all"));
  routes.post("/actions/runs/:run/rerun-failed-jobs", rerun("failed"));
}

const rerunBody = z.object({ enable_debug_logging: z.boolean().default(false) });

/** Starts another attempt. */
export async function runAgain(
  c: ActionsContext,
  { queue }: ApiParts,
  run: Run,
  again: Again,
): Promise<Response> {
  if (run.status !== "completed") return refuse(c, 403, "This workflow is already running");
  const body = rerunBody.safeParse(await c.req.json().catch(() => ({})));
  if (!body.success) return refuse(c, 422, `Invalid request.\n\n${z.prettifyError(body.error)}`);
  return queue.rerun(run, c.get("caller").login, again, body.data.enable_debug_logging)
    ? c.json({}, 201)
    : refuse(c, 403, "This workflow run cannot be retried");
}

/** One text per job, and in a folder with the job's name one per step. */
function zipLogs(run: Run): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [index, job] of run.jobs.entries()) {
    const name = fileName(job.name);
    files[`${index}_${name}.txt`] = strToU8(job.log.text());
    for (const step of job.steps) {
      const text = job.log.text(step.number);
      if (text !== "") files[`${name}/${step.number}_${fileName(step.name)}.txt`] = strToU8(text);
    }
  }
  return zipSync(files);
}

function fileName(name: string): string {
  return name.replaceAll(/[/\\:*?"<>|]/g, "").slice(0, 90);
}
