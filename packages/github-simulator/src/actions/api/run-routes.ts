import { strToU8, zipSync } from "fflate";
import { z } from "zod";
import { ApiError } from "../../http/api-error.ts";
import type { Again } from "../queue/kept-jobs.ts";
import type { Run } from "../records/run-record.ts";
import { renderJob, renderRun } from "../records/serialize-run.ts";
import {
  type ActionsContext,
  type ActionsRoutes,
  type ApiParts,
  bodyOf,
  found,
  paginate,
  runOf,
  runsOf,
} from "./api-parts.ts";
import { filterRuns } from "./filter-runs.ts";

/** https://docs.github.com/en/rest/actions/workflow-runs */
export function runRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, queue, downloads } = parts;
  const attemptOf = (c: ActionsContext): Run => {
    const run = runOf(parts, c);
    const number = c.req.param("attempt") ?? String(run.attempt);
    return found([...run.previous, run].find(({ attempt }) => String(attempt) === number));
  };
  const listJobs = (c: ActionsContext, attempts: readonly Run[]): Response => {
    const jobs = attempts.flatMap((run) => run.jobs.map((job) => ({ run, job })));
    return c.json({
      total_count: jobs.length,
      jobs: paginate(c, jobs).map(({ run, job }) => renderJob(host, run, job)),
    });
  };
  routes.get("/actions/runs", (c) => listRuns(c, parts, runsOf(parts, c)));
  for (const path of ["/actions/runs/:run", "/actions/runs/:run/attempts/:attempt"]) {
    routes.get(path, (c) => c.json(renderRun(host, attemptOf(c))));
    routes.get(`${path}/jobs`, (c) => {
      const run = attemptOf(c);
      const all = path.endsWith(":run") && c.req.query("filter") === "all";
      return listJobs(c, all ? [...run.previous, run] : [run]);
    });
    routes.get(`${path}/logs`, (c) =>
      c.redirect(downloads.offer("application/zip", zipLogs(attemptOf(c))), 302),
    );
  }
  for (const [verb, how] of [
    ["cancel", "cancel"],
    ["force-cancel", "forceCancel"],
  ] as const) {
    routes.post(`/actions/runs/:run/${verb}`, (c) => {
      const run = runOf(parts, c);
      if (run.status === "completed") {
        throw new ApiError(409, "Cannot cancel a workflow run that is completed.");
      }
      queue[how](run, "The run was canceled.");
      return c.json({}, 202);
    });
  }
  routes.post("/actions/runs/:run/rerun", (c) => runAgain(c, parts, runOf(parts, c), "all"));
  routes.post("/actions/runs/:run/rerun-failed-jobs", (c) =>
    runAgain(c, parts, runOf(parts, c), "failed"),
  );
}

export function listRuns(c: ActionsContext, { host }: ApiParts, all: readonly Run[]): Response {
  const runs = filterRuns(all, c.req.query());
  return c.json({
    total_count: runs.length,
    workflow_runs: paginate(c, runs).map((run) => renderRun(host, run)),
  });
}

const rerunBody = z.object({ enable_debug_logging: z.boolean().default(false) });

/** Starts another attempt. */
export async function runAgain(
  c: ActionsContext,
  { queue }: ApiParts,
  run: Run,
  again: Again,
): Promise<Response> {
  if (run.status !== "completed") throw new ApiError(403, "This workflow is already running");
  const { enable_debug_logging: debug } = await bodyOf(c, rerunBody);
  if (queue.rerun(run, c.get("login"), again, debug)) return c.json({}, 201);
  throw new ApiError(403, "This workflow run cannot be retried");
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
