import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Run } from "../../src/actions/records/run-record.ts";
import { createWorld, logOf, resultsOf } from "./world.ts";

const slow = (concurrency: string): string => `
on: push
concurrency: ${concurrency}
jobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: "true" }] } }
`;

describe("concurrency", () => {
  it("keeps one run of a group waiting and replaces it with a newer one", async () => {
    const world = createWorld();
    world.actions.holdQueue();
    const runs = [];
    for (let count = 0; count < 3; count += 1) {
      runs.push(
        ...(await world.push(world.commit({ ".github/workflows/a.yml": slow("Release") }))),
      );
    }
    world.actions.releaseQueue();
    await world.actions.idle();
    expect(runs.map((run) => run.conclusion)).toEqual(["success", "cancelled", "success"]);
    expect(runs[1]?.message).toBe(
      "Canceling since a higher priority waiting request for Release exists",
    );
  });

  it("cancels the running one if requested", async () => {
    const world = createWorld();
    const text = slow("{ group: 'ci-${{ github.ref }}', cancel-in-progress: true }");
    world.actions.holdQueue();
    const first = await world.push(world.commit({ ".github/workflows/a.yml": text }));
    const other = await world.push(
      world.commit({ ".github/workflows/a.yml": text }, { ref: "next" }),
      "refs/heads/next",
    );
    const second = await world.push(world.commit({ ".github/workflows/a.yml": text }));
    world.actions.releaseQueue();
    await world.actions.idle();
    expect([...first, ...other, ...second].map((run) => run.conclusion)).toEqual([
      "cancelled",
      "success",
      "success",
    ]);
  });

  it("lets many wait if it is a queue", async () => {
    const world = createWorld();
    const text = slow("{ group: deploy, queue: max }");
    world.actions.holdQueue();
    const runs: Run[] = [];
    for (let count = 0; count < 102; count += 1) {
      runs.push(...(await world.push(world.commit({ ".github/workflows/a.yml": text }))));
    }
    await vi.waitUntil(() => runs[101]?.status === "completed");
    const states = runs.map(({ status, conclusion }) => conclusion ?? status);
    expect(states).toEqual(["queued", ...Array<string>(100).fill("pending"), "cancelled"]);
    await world.actions.close();
  });

  it.each([
    ["${{ github.head_ref }}", "Concurrency group name cannot be empty"],
    [`"${"x".repeat(401)}"`, "Concurrency group name must be less than 400 characters"],
    [
      "{ group: a, queue: max, cancel-in-progress: true }",
      "concurrency: 'queue: max' and 'cancel-in-progress: true' exclude each other",
    ],
  ])("is refused: %s", async (concurrency, message) => {
    const run = await createWorld().runWorkflow(slow(concurrency));
    expect([run.conclusion, run.message]).toEqual(["startup_failure", message]);
  });

  it("works for jobs as well", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    concurrency: same
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    steps: [{ run: "true" }]
`);
    expect(resultsOf(run)).toEqual({ "a (1)": "success", "a (2)": "success" });
    const refused = await createWorld().runWorkflow(`
on: push
jobs: { a: { runs-on: ubuntu-24.04, concurrency: "\${{ github.head_ref }}", steps: [{ run: "true" }] } }
`);
    expect(resultsOf(refused)).toEqual({ a: "failure" });
  });
});

describe("a cancelled run", () => {
  it("stops running steps, and still runs always() steps", async () => {
    const world = createWorld();
    const folder = mkdtempSync(join(tmpdir(), "ghcr-fleet-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const marker = join(folder, "started");
    const commit = world.commit({
      ".github/workflows/a.yml": `
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: touch ${marker}; sleep 60
      - run: echo never
      - if: always()
        run: echo cleaned up after \${{ job.status }}
  b: { needs: a, runs-on: ubuntu-24.04, steps: [{ run: "true" }] }
  c: { needs: a, if: always(), runs-on: ubuntu-24.04, steps: [{ run: "true" }] }
`,
    });
    const [run] = await world.push(commit);
    await vi.waitUntil(() => existsSync(marker));
    await world.actions.api.request(`/repos/acme/api/actions/runs/${run?.id}/cancel`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
    });
    await world.actions.idle();
    expect(run?.conclusion).toBe("cancelled");
    expect(resultsOf(run!)).toEqual({ a: "cancelled", b: "cancelled", c: "success" });
    expect(logOf(run!)).toContain("##[error]The operation was canceled.\n");
    expect(logOf(run!)).toContain("\ncleaned up after cancelled\n");
    expect(logOf(run!)).not.toContain("\nnever\n");
  });

  it.each([
    ["cancel", "success", "cancelled"],
    ["force-cancel", "cancelled", "cancelled"],
  ])("%s: what is always() goes on, unless forced", async (how, always, other) => {
    const world = createWorld();
    const folder = mkdtempSync(join(tmpdir(), "ghcr-fleet-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const wait = (name: string) =>
      `touch ${folder}/${name}; while [ ! -e ${folder}/go ]; do sleep 0.1; done; echo went on`;
    const commit = world.commit({
      ".github/workflows/a.yml": `
on: push
jobs:
  job: { if: always(), runs-on: ubuntu-24.04, steps: [{ run: '${wait("job")}' }] }
  step: { runs-on: ubuntu-24.04, steps: [{ if: always(), run: '${wait("step")}' }] }
`,
    });
    const [run] = await world.push(commit);
    await vi.waitUntil(() => existsSync(`${folder}/job`) && existsSync(`${folder}/step`));
    await world.actions.api.request(`/repos/acme/api/actions/runs/${run?.id}/${how}`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
    });
    writeFileSync(`${folder}/go`, "");
    await world.actions.idle();
    expect(resultsOf(run!)).toEqual({ job: always, step: other });
    const steps = run!.jobs.map((job) => job.steps[1]?.conclusion);
    expect(steps).toEqual([always, always]);
    expect(run?.conclusion).toBe("cancelled");
  });

  it("leaves a cancelled job in its group until it has ended", async () => {
    const world = createWorld();
    const folder = mkdtempSync(join(tmpdir(), "ghcr-fleet-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const start = async (ref: string, steps: string) => {
      const job = `{ concurrency: one, runs-on: ubuntu-24.04, steps: [${steps}] }`;
      const files = { ".github/workflows/a.yml": `on: push\njobs: { a: ${job} }` };
      return (await world.push(world.commit(files, { ref }), `refs/heads/${ref}`))[0];
    };
    const begun = `{ run: "touch ${folder}/begun; sleep 60" }`;
    const first = await start("main", `${begun}, { if: always(), run: sleep 0.3 }`);
    await vi.waitUntil(() => existsSync(`${folder}/begun`));
    const second = await start("next", "{ run: 'true' }");
    await world.actions.api.request(`/repos/acme/api/actions/runs/${first?.id}/cancel`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
    });
    await world.actions.idle();
    expect([first?.conclusion, second?.conclusion]).toEqual(["cancelled", "success"]);
    const [ended, started] = [first?.jobs[0]?.completedAt, second?.jobs[0]?.startedAt];
    expect(started?.getTime()).toBeGreaterThan(ended?.getTime() ?? Infinity);
  });
});
