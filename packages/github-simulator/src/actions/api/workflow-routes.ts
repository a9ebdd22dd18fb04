import { z } from "zod";
import { DispatchRefusal } from "../queue/dispatch-inputs.ts";
import type { WorkflowEntry } from "../records/workflow-index.ts";
import {
  repositoryOf,
  runsOf,
  type ActionsContext,
  type ActionsRoutes,
  type ApiParts,
} from "./api-parts.ts";
import { paginate, refuse } from "./respond.ts";
import { filterRuns } from "./filter-runs.ts";
import { renderRun, renderWorkflow, repoUrl, runPage } from "../records/serialize-run.ts";

const dispatchBody = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  return_run_details: z.boolean().default(false),
});

/** https://docs.github.com/en/rest/actions/workflows */
export function workflowRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, index } = parts;
  const find = (c: ActionsContext): WorkflowEntry | undefined => {
    const { owner, repo } = repositoryOf(c);
    return index.find(owner, repo, c.req.param("workflow") ?? "");
  };
  routes.get("/actions/workflows", (c) => {
    const { owner, repo } = repositoryOf(c);
    const entries = index.list(owner, repo);
    return c.json({
      total_count: entries.length,
      workflows: paginate(c, entries).map((entry) => renderWorkflow(host, entry)),
    });
  });
  routes.get("/actions/workflows/:workflow", (c) => {
    const entry = find(c);
    return entry === undefined ? refuse(c, 404, "Not Found") : c.json(renderWorkflow(host, entry));
  });
  routes.get("/actions/workflows/:workflow/runs", (c) => {
    const entry = find(c);
    if (entry === undefined) return refuse(c, 404, "Not Found");
    const own = runsOf(parts, c).filter((run) => run.workflow.id === entry.id);
    const runs = filterRuns(own, c.req.query());
    return c.json({
      total_count: runs.length,
      workflow_runs: paginate(c, runs).map((run) => renderRun(host, run)),
    });
  });
  for (const [verb, state] of [
    ["enable", "active"],
    ["disable", "disabled_manually"],
  ] as const) {
    routes.put(`/actions/workflows/:workflow/${verb}`, (c) => {
      const entry = find(c);
      if (entry === undefined) return refuse(c, 404, "Not Found");
      entry.state = state;
      entry.updatedAt = host.now();
      return c.body(null, 204);
    });
  }
  routes.post("/actions/workflows/:workflow/dispatches", async (c) => {
    const entry = find(c);
    return entry === undefined ? refuse(c, 404, "Not Found") : dispatch(c, parts, entry);
  });
}

async function dispatch(
  c: ActionsContext,
  { host, queue }: ApiParts,
  entry: WorkflowEntry,
): Promise<Response> {
  const { owner, repo } = repositoryOf(c);
  const body = dispatchBody.safeParse(await c.req.json().catch(() => undefined));
  if (!body.success) return refuse(c, 422, `Invalid request.\n\n${z.prettifyError(body.error)}`);
  if (entry.state === "disabled_manually") {
    return refuse(c, 422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const ref = fullRef(host, owner, repo, body.data.ref);
  if (ref === undefined) return refuse(c, 422, `No ref found for: ${body.data.ref}`);
  const { path } = entry;
  if (host.readFile(owner, repo, ref.sha, path) === undefined) return refuse(c, 404, "Not Found");
  const { login } = c.get("caller");
  const payload = { inputs: body.data.inputs, ref: ref.name, workflow: path };
  const event = { name: "workflow_dispatch", owner, repo, sha: ref.sha, ref: ref.name, payload };
  try {
    const run = await queue.dispatch({ ...event, actor: login }, path, body.data.inputs);
    // https://docs.github.com/en/rest/about-the-rest-api/breaking-changes
    const always = c.req.header("x-github-api-version") === "2026-03-10";
    if (!always && !body.data.return_run_details) return c.body(null, 204);
    const runUrl = `${repoUrl(host, owner, repo)}/actions/runs/${run.id}`;
    return c.json({ workflow_run_id: run.id, run_url: runUrl, html_url: runPage(host, run) });
  } catch (error) {
    if (error instanceof DispatchRefusal) return refuse(c, 422, error.message);
    throw error;
  }
}

/** A branch comes before a tag of the same name. */
function fullRef(
  host: ApiParts["host"],
  owner: string,
  repo: string,
  ref: string,
): { name: string; sha: string } | undefined {
  const names = ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  for (const name of names) {
    const sha = host.resolveRef(owner, repo, name);
    if (sha !== undefined) return { name, sha };
  }
  return undefined;
}
