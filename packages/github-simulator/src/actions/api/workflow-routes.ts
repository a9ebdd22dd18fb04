import { z } from "zod";
import { ApiError } from "../../http/api-error.ts";
import { isNewVersion } from "../../http/api-version.ts";
import { DispatchRefusal } from "../queue/dispatch-inputs.ts";
import { renderWorkflow, repoUrl, runPage } from "../records/serialize-run.ts";
import type { WorkflowEntry } from "../records/workflow-index.ts";
import {
  type ActionsContext,
  type ActionsRoutes,
  type ApiParts,
  bodyOf,
  found,
  paginate,
  repositoryOf,
  runsOf,
} from "./api-parts.ts";
import { listRuns } from "./run-routes.ts";

const dispatchBody = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  return_run_details: z.boolean().default(false),
});

/** https://docs.github.com/en/rest/actions/workflows */
export function workflowRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, index } = parts;
  const workflowOf = (c: ActionsContext): WorkflowEntry => {
    const { owner, repo } = repositoryOf(c);
    return found(index.find(owner, repo, c.req.param("workflow") ?? ""));
  };
  routes.get("/actions/workflows", (c) => {
    const { owner, repo } = repositoryOf(c);
    const entries = index.list(owner, repo);
    return c.json({
      total_count: entries.length,
      workflows: paginate(c, entries).map((entry) => renderWorkflow(host, entry)),
    });
  });
  routes.get("/actions/workflows/:workflow", (c) => c.json(renderWorkflow(host, workflowOf(c))));
  routes.get("/actions/workflows/:workflow/runs", (c) => {
    const { id } = workflowOf(c);
    return listRuns(
      c,
      parts,
      runsOf(parts, c).filter((run) => run.workflow.id === id),
    );
  });
  for (const [verb, state] of [
    ["enable", "active"],
    ["disable", "disabled_manually"],
  ] as const) {
    routes.put(`/actions/workflows/:workflow/${verb}`, (c) => {
      Object.assign(workflowOf(c), { state, updatedAt: host.now() });
      return c.body(null, 204);
    });
  }
  routes.post("/actions/workflows/:workflow/dispatches", (c) => dispatch(c, parts, workflowOf(c)));
}

async function dispatch(
  c: ActionsContext,
  { host, queue }: ApiParts,
  { path, state }: WorkflowEntry,
): Promise<Response> {
  const { owner, repo } = repositoryOf(c);
  const body = await bodyOf(c, dispatchBody);
  if (state === "disabled_manually") {
    throw new ApiError(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const ref = fullRef(host, owner, repo, body.ref);
  if (ref === undefined) throw new ApiError(422, `No ref found for: ${body.ref}`);
  found(host.readFile(owner, repo, ref.sha, path));
  const login = c.get("login");
  const payload = { inputs: body.inputs, ref: ref.name, workflow: path };
  const event = { name: "workflow_dispatch", owner, repo, sha: ref.sha, ref: ref.name, payload };
  const run = await queue
    .dispatch({ ...event, actor: login }, path, body.inputs)
    .catch((error: unknown) => {
      throw error instanceof DispatchRefusal ? new ApiError(422, error.message) : error;
    });
  if (!isNewVersion(c) && !body.return_run_details) return c.body(null, 204);
  const runUrl = `${repoUrl(host, owner, repo)}/actions/runs/${run.id}`;
  return c.json({ workflow_run_id: run.id, run_url: runUrl, html_url: runPage(host, run) });
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
