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
});

describe("a workflow file that GitHub refuses", () => {
  it.each([
    [
      "a context that is not allowed",
      "if: secrets.PAT != ''",
      "(Line: 6, Col: 9): Unrecognized named-value: 'secrets'",
    ],
    ["an unknown key", "retries: 3", "(Line: 6, Col: 5): Unexpected value 'retries'"],
    [
      "a need that is not there",
      "needs: other",
      "(Line: 6, Col: 12): Job 'a' depends on unknown job 'other'.",
    ],
  ])("fails at startup: %s", async (_, line, message) => {
    const run = await createWorld().runWorkflow(
      `on: push\njobs:\n  z: { runs-on: ubuntu-24.04, steps: [{ run: "true" }] }\n  a:\n    runs-on: ubuntu-24.04\n    ${line}\n    steps: [{ run: "true" }]\n`,
    );
    expect(run.conclusion).toBe("startup_failure");
    expect(run.jobs).toEqual([]);
    expect(run.message).toContain(`The workflow is not valid. .github/workflows/ci.yml ${message}`);
  });

  it("fails at startup if it is not YAML", async () => {
    const run = await createWorld().runWorkflow("on: push\njobs: [");
    expect(run.conclusion).toBe("startup_failure");
    expect(run.message).toContain("Invalid workflow file");
  });
});

describe("a workflow that the lockfile lists", () => {
  const workflow = `on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: Acme/Tools/greet@v1
      - uses: ./own
`;
  const lock = (more: string, version = "v0.0.2", path = ".github/workflows/ci.yml") => ({
    ".github/workflows/actions.lock": `version: '${version}'\nworkflows:\n  '${path}': ['acme/tools@v1']\n${more}`,
    "own/action.yml": "runs: { using: composite, steps: [] }",
  });
  const entry = (pin: string, uses = "") =>
    `  '${pin}': { ref: v1, commit: sha1-${"a".repeat(40)}, owner_id: 1, repo_id: 2${uses} }\n`;
  const start = (files: Record<string, string>) => createWorld().runWorkflow(workflow, files);

  it.each([
    ["an action", "dependencies:\n" + entry("acme/other@v1"), "acme/tools@v1"],
    [
      "an action that one of them uses",
      "dependencies:\n" + entry("acme/tools@v1", ", uses: [acme/more@v2]"),
      "acme/more@v2",
    ],
  ])("does not start without the entry of %s", async (_, entries, pin) => {
    const run = await start(lock(entries));
    expect(run.conclusion).toBe("startup_failure");
    expect(run.jobs).toEqual([]);
    expect(run.message).toContain(`has no entry for ${pin}.`);
  });

  it("starts with all of them, and does not mind others", async () => {
    const complete = "dependencies:\n" + entry("acme/tools@v1");
    expect((await start(lock(complete))).jobs).toHaveLength(1);
    expect((await start(lock("", "v0.0.2", ".github/workflows/b.yml"))).jobs).toHaveLength(1);
    expect((await start({ ".github/workflows/actions.lock": "{{{" })).jobs).toHaveLength(1);
  });

  it("of a format that the simulator does not know fails and says so", async () => {
    expect((await start(lock("", "v0.9.0"))).message).toContain("is of v0.9.0");
  });
});

const called = `
on:
  workflow_call:
    inputs:
      image: { type: string, required: true }
      push: { type: boolean, default: true }
    secrets: { PAT: { required: false } }
    outputs: { digest: { value: "\${{ jobs.build.outputs.digest }}" } }
permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    permissions: { packages: write }
    outputs: { digest: "\${{ steps.b.outputs.digest }}" }
    steps:
      - id: b
        env: { PAT: "\${{ secrets.PAT }}" }
        run: |
          echo "\${{ inputs.image }} \${{ inputs.push }} \${#PAT} \${{ github.repository }}"
          echo "digest=sha256:1" >> "$GITHUB_OUTPUT"
`;

describe("a reusable workflow", () => {
  const caller = (uses: string, secrets: string, permissions = "packages: write"): string => `
on: push
permissions: { ${permissions} }
jobs:
  image:
    uses: ${uses}
    with: { image: api }
    secrets: ${secrets}
  use: { needs: image, runs-on: ubuntu-24.04, steps: [{ run: "echo '\${{ needs.image.outputs.digest }}'" }] }
`;

  it("of the same repository gets inputs and secrets and gives outputs", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "12345", scope: "organization" });
    const run = await world.runWorkflow(
      caller("./.github/workflows/image.yml", "{ PAT: '${{ secrets.PAT }}' }"),
      { ".github/workflows/image.yml": called },
    );
    expect(resultsOf(run)).toEqual({ "image / build": "success", use: "success" });
    expect(logOf(run, 0)).toContain("\napi true 5 acme/api\n");
    expect(logOf(run, 1)).toContain("\nsha256:1\n");
    expect(world.tokens[0]?.permissions).toEqual({ metadata: "read", packages: "write" });
  });

  it("gets the token of its own jobs if the caller passes the token", async () => {
    const world = createWorld();
    const run = await world.runWorkflow(
      caller("./.github/workflows/image.yml", "{ PAT: 'x${{ secrets.GITHUB_TOKEN }}' }"),
      { ".github/workflows/image.yml": called.replace("${#PAT}", "$(echo $PAT | rev)") },
    );
    const token = world.tokens[0]?.token ?? "";
    expect(logOf(run, 0)).toContain("\napi true ");
    expect(logOf(run, 0)).toContain(`${token.split("").reverse().join("")}x acme/api\n`);
  });

  it("of another repository is called at its ref, with inherited secrets", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "123", scope: "organization" });
    const files = { ".github/workflows/image.yml": called };
    world.commit(files, { repository: "acme/workflows", ref: "v1" });
    const uses = "acme/workflows/.github/workflows/image.yml@v1";
    const run = await world.runWorkflow(caller(uses, "inherit"));
    expect(logOf(run, 0)).toContain("\napi true 3 acme/api\n");
    world.mayCall = false;
    const refused = await world.runWorkflow(caller(uses, "inherit"));
    expect(refused.conclusion).toBe("startup_failure");
    expect(refused.message).toContain("workflow was not found.");
  });

  it("that waits for the group of its own caller is cancelled", async () => {
    const files = { ".github/workflows/image.yml": `concurrency: same\n${called}` };
    const run = await createWorld().runWorkflow(
      `concurrency: same\n${caller("./.github/workflows/image.yml", "{}")}`,
      files,
    );
    expect(resultsOf(run)).toEqual({ image: "cancelled", use: "skipped" });
    expect(run.jobs[0]?.annotations[0]?.message).toContain("a deadlock was detected");
  });

  it("gets only the secrets that are passed, and no permission that the caller lacks", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "123", scope: "organization" });
    const files = { ".github/workflows/image.yml": called };
    const local = "./.github/workflows/image.yml";
    const without = await world.runWorkflow(caller(local, "{}"), files);
    expect(logOf(without, 0)).toContain("\napi true 0 acme/api\n");
    const refused = await world.runWorkflow(caller(local, "{}", "contents: read"), files);
    expect(refused.message).toContain(
      `Error calling workflow '${local}'. The nested job 'build' is requesting 'packages: write', but is only allowed 'packages: none'.`,
    );
    const wrong = await world.runWorkflow(
      caller(local, "{}").replace("image: api", "picture: api"),
      files,
    );
    expect(wrong.message).toContain("Input image is required, but not provided while calling.");
    expect(wrong.message).toContain("picture is not defined in the referenced workflow.");
  });
});
