import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import type { Run } from "../../src/actions/records/run-record.ts";
import { deviations } from "../support/openapi.ts";
import { createWorld, type World } from "./world.ts";

const workflow = `
name: CI
on:
  push:
  workflow_dispatch:
    inputs:
      version: { type: string, required: true }
      push: { type: boolean, default: true }
      level: { type: choice, options: [low, high], default: low }
      count: { type: number, default: 2 }
run-name: "\${{ github.event_name }} by \${{ github.actor }} \${{ inputs.version }}"
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - name: Make
        run: |
          echo "::warning file=a.ts,line=2,endLine=3,title=Careful::\${{ secrets.PAT }} is old"
          mkdir out; echo result > out/a.txt; echo more > out/b.txt
          echo "\${{ toJSON(inputs) }} \${{ github.event.inputs.push }}" | tr -d '\\n '
      - uses: actions/upload-artifact@v4
        with: { name: results, path: out }
  broken: { runs-on: ubuntu-24.04, steps: [{ run: "exit \${{ vars.CODE || 1 }}" }] }
`;

let world: World;
let run: Run;

beforeAll(async () => {
  world = createWorld();
  world.secrets.push({ name: "PAT", value: "very-secret", scope: "repository" });
  run = await world.runWorkflow(workflow);
});

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return world.actions.api.request(`http://api.simulator.test/repos/acme/api${path}`, {
    ...init,
    headers: { authorization: "Bearer any" },
  });
}

/** Calls the API and checks the answer against GitHub's published description. */
async function askChecked(path: string): Promise<Record<string, unknown>> {
  const response = await ask(path);
  const body = await response.text();
  const [plain = ""] = path.split("?");
  expect(deviations("GET", `/repos/acme/api${plain}`, response.status, body)).toEqual([]);
  expect(response.status).toBe(200);
  return JSON.parse(body) as Record<string, unknown>;
}

function post(path: string, body: unknown = {}): Promise<Response> {
  return ask(path, { method: "POST", body: JSON.stringify(body) });
}

describe("the REST API of Actions", () => {
  it("lists and returns runs in GitHub's form", async () => {
    const list = await askChecked("/actions/runs?event=push&status=failure");
    expect(list).toMatchObject({
      total_count: 1,
      workflow_runs: [
        {
          id: run.id,
          name: "CI",
          display_title: "push by octocat",
          head_branch: "main",
          head_sha: run.event.sha,
          conclusion: "failure",
          run_number: 1,
        },
      ],
    });
    await askChecked(`/actions/runs/${run.id}`);
    for (const filter of [
      "event=release",
      "branch=next",
      "status=success",
      "head_sha=abc",
      "actor=mona",
      "created=<2031-05-06",
      "check_suite_id=1",
    ]) {
      const none = await askChecked(`/actions/runs?${filter}`);
      expect([filter, none.total_count]).toEqual([filter, 0]);
    }
    const created = await askChecked("/actions/runs?created=2031-05-01..2031-05-06");
    expect(created.total_count).toBe(1);
  });

  it("returns workflows by id and by file name", async () => {
    const list = await askChecked("/actions/workflows");
    expect(list).toMatchObject({
      total_count: 1,
      workflows: [{ name: "CI", path: ".github/workflows/ci.yml", state: "active" }],
    });
    await askChecked("/actions/workflows/ci.yml");
    const byId = await askChecked(`/actions/workflows/${run.workflow.id}`);
    expect(byId.id).toBe(run.workflow.id);
    await askChecked("/actions/workflows/ci.yml/runs");
    expect((await ask("/actions/workflows/other.yml")).status).toBe(404);
    const job = "{ runs-on: ubuntu-24.04, steps: [{ run: 'true' }] }";
    const only = { ".github/workflows/only.yml": `on: workflow_dispatch\njobs: { a: ${job} }` };
    await world.push(world.commit(only, { ref: "topic" }), "refs/heads/topic");
    expect((await ask("/actions/workflows/only.yml")).status).toBe(404);
  });

  it("returns jobs, their logs, and the run's logs in an archive", async () => {
    const list = await askChecked(`/actions/runs/${run.id}/jobs`);
    expect(list).toMatchObject({
      total_count: 2,
      jobs: [
        {
          name: "build",
          conclusion: "success",
          steps: [{ name: "Set up job" }, { name: "Make" }, {}, {}],
        },
        { name: "broken", conclusion: "failure" },
      ],
    });
    const [build] = run.jobs;
    await askChecked(`/actions/jobs/${build?.id}`);
    const redirect = await ask(`/actions/jobs/${build?.id}/logs`);
    expect(redirect.status).toBe(302);
    const log = await world.actions.api.request(redirect.headers.get("location") ?? "");
    const text = await log.text();
    expect(text).toContain("##[warning]*** is old");
    expect(text).not.toContain("very-secret");
    const archive = await ask(`/actions/runs/${run.id}/logs`);
    const zip = await world.actions.api.request(archive.headers.get("location") ?? "");
    const entries = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(Object.keys(entries)).toContain("build/2_Make.txt");
    expect(Buffer.from(entries["0_build.txt"] ?? []).toString()).toBe(text);
  });

  it("returns annotations of a job's check run", async () => {
    const id = run.jobs[0]?.id;
    expect(await askChecked(`/check-runs/${id}/annotations`)).toMatchObject([
      {
        annotation_level: "warning",
        title: "Careful",
        message: "*** is old",
        path: "a.ts",
        start_line: 2,
        end_line: 3,
      },
    ]);
  });

  it("returns artifacts", async () => {
    const list = await askChecked(`/actions/runs/${run.id}/artifacts`);
    expect(list).toMatchObject({ total_count: 1, artifacts: [{ name: "results" }] });
    const id = run.artifacts[0]?.id;
    await askChecked(`/actions/artifacts/${id}`);
    const redirect = await ask(`/actions/artifacts/${id}/zip`);
    const zip = await world.actions.api.request(redirect.headers.get("location") ?? "");
    const entries = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(Object.keys(entries).toSorted()).toEqual(["a.txt", "b.txt"]);
  });

  it("starts a workflow manually, and checks its inputs", async () => {
    const path = "/actions/workflows/ci.yml/dispatches";
    const good = await post(path, { ref: "main", inputs: { version: "1.0", push: "false" } });
    expect(good.status).toBe(204);
    await world.actions.idle();
    const started = world.actions.runs().at(-1);
    expect(started?.title).toBe("workflow_dispatch by octocat 1.0");
    expect(started?.jobs[0]?.log.text()).toContain(
      "{version:1.0,push:false,level:low,count:2}false",
    );
    const answer = await post(path, {
      ref: "main",
      inputs: { version: "2" },
      return_run_details: true,
    });
    expect(await answer.json()).toMatchObject({ workflow_run_id: world.actions.runs().at(-1)?.id });
    await world.actions.idle();
    for (const [body, message] of [
      [{ ref: "main", inputs: {} }, "Required input 'version' not provided"],
      [
        { ref: "main", inputs: { version: "1", other: "x" } },
        'Unexpected inputs provided: ["other"]',
      ],
      [
        { ref: "main", inputs: { version: "1", level: "mid" } },
        "Provided value 'mid' for input 'level' not in the list of allowed values",
      ],
      [{ ref: "nope", inputs: { version: "1" } }, "No ref found for: nope"],
    ] as const) {
      const refused = await post(path, body);
      expect([refused.status, ((await refused.json()) as { message: string }).message]).toEqual([
        422,
        message,
      ]);
    }
    expect((await post("/actions/workflows/none.yml/dispatches", { ref: "main" })).status).toBe(
      404,
    );
    world.commit(
      {
        ".github/workflows/ci.yml":
          "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: 'true' }] } }",
      },
      { ref: "old" },
    );
    const without = await post(path, { ref: "old" });
    expect(await without.json()).toMatchObject({
      message: "Workflow does not have 'workflow_dispatch' trigger",
    });
  });

  it("reruns a run, or only its failed jobs, with the current values", async () => {
    const url = `/actions/runs/${run.id}`;
    const [build] = run.jobs;
    world.variables.push({ name: "CODE", value: "0", scope: "repository" });
    expect((await post(`${url}/rerun-failed-jobs`)).status).toBe(201);
    await world.actions.idle();
    expect([run.attempt, run.conclusion]).toEqual([2, "success"]);
    expect(run.jobs.some((job) => job.id === build?.id)).toBe(true);
    const debug = { body: JSON.stringify({ enable_debug_logging: true }) };
    expect((await ask(`${url}/rerun`, { method: "POST", ...debug })).status).toBe(201);
    await world.actions.idle();
    expect([run.attempt, run.conclusion, run.debug]).toEqual([3, "success", true]);
    expect(run.jobs.some((job) => job.id === build?.id)).toBe(false);
  });

  it("keeps earlier attempts, with their jobs, logs and artifacts", async () => {
    const url = `/actions/runs/${run.id}`;
    expect(await askChecked(url)).toMatchObject({
      run_attempt: 3,
      previous_attempt_url: `http://api.simulator.test/repos/acme/api${url}/attempts/2`,
    });
    expect(await askChecked(`${url}/attempts/1`)).toMatchObject({
      run_attempt: 1,
      conclusion: "failure",
      previous_attempt_url: null,
    });
    const first = await askChecked(`${url}/attempts/1/jobs`);
    const [, broken] = first.jobs as { id: number; run_attempt: number; conclusion: string }[];
    expect(broken).toMatchObject({ run_attempt: 1, conclusion: "failure" });
    expect(await askChecked(`/actions/jobs/${broken?.id}`)).toMatchObject({ run_attempt: 1 });
    expect((await ask(`${url}/attempts/1/logs`)).status).toBe(302);
    expect((await ask(`${url}/attempts/4`)).status).toBe(404);
    expect((await askChecked(`${url}/jobs?filter=all`)).total_count).toBe(6);
    expect((await askChecked(`${url}/jobs?filter=latest`)).total_count).toBe(2);
    const { artifacts } = (await askChecked(`${url}/artifacts`)) as { artifacts: { id: number }[] };
    expect(artifacts).toMatchObject([{ name: "results" }, { name: "results" }]);
    const path = `/actions/artifacts/${artifacts[0]?.id}`;
    expect((await ask(path, { method: "DELETE" })).status).toBe(204);
    expect((await ask(path)).status).toBe(404);
  });

  it("reruns one job with those that need it", async () => {
    const step = "runs-on: ubuntu-24.04, steps: [{ run: 'true' }]";
    const done = await world.runWorkflow(
      `on: push
jobs:
  first: { ${step} }
  inner: { needs: first, uses: ./.github/workflows/inner.yml }
  last: { needs: inner, ${step} }
  other: { ${step} }`,
      {
        ".github/workflows/inner.yml": `on: workflow_call
jobs:
  one: { ${step} }
  two: { needs: one, ${step} }
  three: { ${step} }`,
      },
    );
    const ids = () => new Map(done.jobs.map(({ name, id }) => [name, id]));
    const before = ids();
    const job = before.get("inner / one");
    expect((await post(`/actions/jobs/${job}/rerun`)).status).toBe(201);
    await world.actions.idle();
    const again = [...ids()].filter(([name, id]) => before.get(name) !== id);
    expect(again.map(([name]) => name).toSorted()).toEqual(["inner / one", "inner / two", "last"]);
    expect((await post(`/actions/jobs/${job}/rerun`)).status).toBe(403);
  });

  it("reruns failed jobs with those that need them, also if these succeeded", async () => {
    const job = (more: string) => `{ ${more}, runs-on: ubuntu-24.04 }`;
    const done = await world.runWorkflow(`on: push
jobs:
  bad: ${job("steps: [{ run: exit 1 }]")}
  report: ${job("needs: bad, if: always(), steps: [{ run: 'true' }]")}
  other: ${job("steps: [{ run: 'true' }]")}`);
    const before = new Map(done.jobs.map(({ name, id }) => [name, id]));
    expect((await post(`/actions/runs/${done.id}/rerun-failed-jobs`)).status).toBe(201);
    await world.actions.idle();
    const again = done.jobs.filter(({ name, id }) => before.get(name) !== id);
    expect(again.map(({ name }) => name).toSorted()).toEqual(["bad", "report"]);
  });

  it("cancels what is queued", async () => {
    world.actions.holdQueue();
    const [waiting] = await world.push(world.commit({ ".github/workflows/ci.yml": workflow }));
    const url = `/actions/runs/${waiting?.id}/cancel`;
    expect((await post(url)).status).toBe(202);
    await world.actions.idle();
    world.actions.releaseQueue();
    expect(waiting?.conclusion).toBe("cancelled");
    expect((await post(url)).status).toBe(409);
  });

  it("lets the host check the caller, and affects no other route", async () => {
    const anonymous = await world.actions.api.request("/repos/acme/api/actions/runs");
    expect(anonymous.status).toBe(401);
    const other = await world.actions.api.request("/repos/acme/api/contents/README.md");
    expect(other.status).toBe(404);
    expect(await other.text()).toBe("404 Not Found");
  });
});
