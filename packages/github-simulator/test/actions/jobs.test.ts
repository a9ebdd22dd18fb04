import { describe, expect, it } from "vitest";
import { createWorld, logOf, resultsOf } from "./world.ts";

describe("jobs", () => {
  it("pass outputs on, skip after a failure, and run on failure() and always()", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  first:
    runs-on: ubuntu-24.04
    outputs: { version: "\${{ steps.make.outputs.version }}" }
    steps: [{ id: make, run: 'echo "version=1.2" >> "$GITHUB_OUTPUT"' }]
  second:
    needs: first
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "got \${{ needs.first.outputs.version }}"; exit 1' }]
  third: { needs: second, runs-on: ubuntu-24.04, steps: [{ run: echo no }] }
  after: { needs: third, if: always(), runs-on: ubuntu-24.04, steps: [{ run: "echo \${{ needs.third.result }}" }] }
  rescue: { needs: third, if: failure(), runs-on: ubuntu-24.04, steps: [{ run: "true" }] }
  never: { if: github.ref_name == 'other', name: "Not \${{ matrix.n }}", strategy: { matrix: { n: [1] } }, runs-on: ubuntu-24.04, steps: [{ run: "true" }] }
`);
    expect(run.conclusion).toBe("failure");
    expect(resultsOf(run)).toEqual({
      first: "success",
      "Not ${{ matrix.n }}": "skipped",
      second: "failure",
      third: "skipped",
      after: "success",
      rescue: "success",
    });
    const second = run.jobs.findIndex((job) => job.path[0] === "second");
    expect(logOf(run, second)).toContain("\ngot 1.2\n");
  });

  it("expand a matrix, with include, exclude and expressions from an earlier job", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  plan:
    runs-on: ubuntu-24.04
    outputs: { images: "\${{ steps.a.outputs.images }}" }
    steps: [{ id: a, run: 'echo "images=[\\"api\\",\\"web\\"]" >> "$GITHUB_OUTPUT"' }]
  build:
    needs: plan
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        image: "\${{ fromJSON(needs.plan.outputs.images) }}"
        node: [22, 24]
        exclude: [{ image: web, node: 22 }]
        include: [{ image: web, extra: yes }, { image: cli }]
    steps: [{ run: "echo '\${{ matrix.image }} \${{ matrix.extra }} \${{ strategy.job-total }}'" }]
`);
    expect(Object.keys(resultsOf(run))).toEqual([
      "plan",
      "build (api, 22)",
      "build (api, 24)",
      "build (web, 24)",
      "build (cli)",
    ]);
    expect(logOf(run, 3)).toContain("\nweb yes 4\n");
  });

  it("exclude what equals it, down to single fields, and nothing unknown", async () => {
    const workflow = (exclude: string): string => `
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    strategy: { matrix: { os: [linux, mac], node: [{ version: 20, lts: true }, { version: 24 }], exclude: [${exclude}] } }
    steps: [{ run: "true" }]
`;
    const world = createWorld();
    const run = await world.runWorkflow(workflow("{ os: MAC }, { node: { version: '20' } }"));
    expect(resultsOf(run)).toEqual({ "build (linux, 24)": "success" });
    const refused = await world.runWorkflow(workflow("{ arch: arm }"));
    expect(resultsOf(refused)).toEqual({ build: "failure" });
    expect(logOf(refused)).toContain(
      "Matrix exclude key 'arch' does not match any key within the matrix",
    );
    const list = Array.from({ length: 257 }, (_, index) => index).join();
    const many = await world.runWorkflow(workflow("").replace("[linux, mac]", `[${list}]`));
    expect(logOf(many)).toContain(
      "Strategy for job 'build' produced 514 configurations which exceeds the maximum of 256 configurations",
    );
  });

  it("of a matrix end when one fails, unless it may", async () => {
    const workflow = (more: string): string => `
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    strategy: { max-parallel: 1, ${more} matrix: { code: [1, 0] } }
    steps: [{ run: "exit \${{ matrix.code }}" }]
`;
    const world = createWorld();
    expect(resultsOf(await world.runWorkflow(workflow("")))).toEqual({
      "build (1)": "failure",
      "build (0)": "cancelled",
    });
    expect(resultsOf(await world.runWorkflow(workflow("fail-fast: false,")))).toEqual({
      "build (1)": "failure",
      "build (0)": "success",
    });
  });

  it("of a matrix run without a limit of 0, and not with settings of the wrong type", async () => {
    const workflow = (strategy: string): string => `
on: push
jobs:
  m: { runs-on: ubuntu-24.04, strategy: { ${strategy}, matrix: { n: [${"x".repeat(120)}] } }, steps: [{ run: exit 1 }] }
`;
    const world = createWorld();
    const run = await world.runWorkflow(workflow("max-parallel: 0"));
    expect(resultsOf(run)).toEqual({ [`m (${"x".repeat(94)}...`]: "failure" });
    for (const wrong of ['max-parallel: "${{ github.ref }}"', 'fail-fast: "${{ github.ref }}"']) {
      expect(logOf(await world.runWorkflow(workflow(wrong)))).toMatch(
        /Unexpected value for 'strategy/,
      );
    }
  });

  it("may fail with continue-on-error", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  flaky: { continue-on-error: true, runs-on: ubuntu-24.04, steps: [{ run: exit 1 }] }
  next: { needs: flaky, runs-on: ubuntu-24.04, steps: [{ run: "true" }] }
`);
    expect(run.conclusion).toBe("success");
    expect(resultsOf(run)).toEqual({ flaky: "failure", next: "success" });
  });

  it("may fail, and cancel others, only if a boolean says so", async () => {
    const world = createWorld();
    world.variables.push({ name: "NO", value: "false", scope: "repository" });
    for (const setting of [
      'continue-on-error: "${{ vars.NO }}"',
      'timeout-minutes: "${{ vars.NO }}"',
      'concurrency: { group: a, cancel-in-progress: "${{ vars.NO }}" }',
    ]) {
      const job = `{ ${setting}, runs-on: ubuntu-24.04, steps: [{ run: "true" }] }`;
      const run = await world.runWorkflow(`on: push\njobs: { a: ${job} }`);
      expect(resultsOf(run)).toEqual({ a: "failure" });
      expect(logOf(run)).toContain("Unexpected value 'false'");
    }
  });

  it("of a matrix set one output each, and an empty one does not hide the others", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    strategy: { matrix: { version: [1, 2, 3] } }
    outputs:
      output_1: "\${{ steps.gen.outputs.output_1 }}"
      output_2: "\${{ steps.gen.outputs.output_2 }}"
      output_3: "\${{ steps.gen.outputs.output_3 }}"
    steps:
      - { id: gen, run: 'echo "output_\${{ matrix.version }}=v\${{ matrix.version }}" >> "$GITHUB_OUTPUT"' }
  after:
    needs: build
    runs-on: ubuntu-24.04
    steps: [{ run: "echo \${{ join(needs.build.outputs.*, ' ') }}" }]
`);
    expect(logOf(run, 3)).toContain("\nv1 v2 v3\n");
  });

  it.each([
    "windows-latest",
    "ubuntu-20.04",
    "[self-hosted, linux]",
    "ubuntu-latest-16-cores",
    "{ group: big, labels: ubuntu-latest }",
  ])("run only on GitHub's own Linux runners, and say so: %s", async (runner) => {
    const run = await createWorld().runWorkflow(`
on: push
jobs: { a: { runs-on: ${runner}, steps: [{ run: "true" }] } }
`);
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toMatch(
      /job 'a' cannot run: .*runners with Linux only, and not (windows-latest|ubuntu-20\.04|self-hosted|ubuntu-latest-16-cores|the group 'big')/,
    );
  });

  it("run on the labelled processor, or fail if this machine has another", async () => {
    const workflow = `
on: push
jobs:
  a:
    runs-on: \${{ matrix.runner }}
    strategy: { fail-fast: false, matrix: { runner: [ubuntu-latest, ubuntu-24.04-arm] } }
    steps: [{ run: 'echo "$RUNNER_ARCH \${{ runner.arch }}"' }]
`;
    const onArm = await createWorld({ machine: "arm64" }).runWorkflow(workflow);
    expect(onArm.conclusion).toBe("success");
    expect(logOf(onArm, 0)).toContain("\nX64 X64\n");
    expect(logOf(onArm, 1)).toContain("\nARM64 ARM64\n");
    const onIntel = await createWorld({ machine: "x64" }).runWorkflow(workflow);
    expect(resultsOf(onIntel)).toEqual({
      "a (ubuntu-latest)": "success",
      "a (ubuntu-24.04-arm)": "failure",
    });
    expect(logOf(onIntel, 1)).toContain(
      "job 'a' cannot run: the simulator runs steps on this machine, which is x64 and not ARM as ubuntu-24.04-arm is",
    );
  });

  it("end after six hours at the latest, whatever their limit, and not at once", async () => {
    const world = createWorld();
    const minutes = (value: string) => `
on: push
jobs:
  a: { runs-on: ubuntu-24.04, timeout-minutes: ${value}, steps: [{ run: "true", timeout-minutes: ${value} }] }
`;
    expect((await world.runWorkflow(minutes("99999999999"))).conclusion).toBe("success");
    const none = await world.runWorkflow(minutes("0"));
    expect(resultsOf(none)).toEqual({ a: "failure" });
    expect(logOf(none)).toContain("the simulator does not know timeout-minutes '0' of job 'a'");
    // The runner is free again.
    expect((await world.runWorkflow(minutes("1"))).conclusion).toBe("success");
  });

  it("refuse what the simulator does not support", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs: { a: { runs-on: ubuntu-24.04, snapshot: image, steps: [{ run: "true" }] } }
`);
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain(
      "the simulator makes no images of runners: job 'a' has 'snapshot'",
    );
  });

  it("do not run containers, and say so", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  db:
    runs-on: ubuntu-24.04
    services: { db: { image: postgres } }
    steps: [{ run: "true" }]
`);
    expect(logOf(run)).toContain("the simulator does not run containers: job 'db' has 'services'");
  });

  it("do not pass on outputs that contain a secret", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PASS", value: "hunter22", scope: "repository" });
    const run = await world.runWorkflow(`
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    outputs: { it: "\${{ steps.s.outputs.it }}" }
    steps: [{ id: s, run: 'echo "it=x-\${{ secrets.PASS }}" >> "$GITHUB_OUTPUT"' }]
  b: { needs: a, runs-on: ubuntu-24.04, steps: [{ run: "echo '[\${{ needs.a.outputs.it }}]'" }] }
`);
    expect(logOf(run, 0)).toContain("##[warning]Skip output 'it' since it may contain secret.");
    expect(logOf(run, 1)).toContain("\n[]\n");
  });

  it("that deploy to an environment follow its rules", async () => {
    const world = createWorld();
    world.environmentRefusal =
      'Branch "main" is not allowed to deploy to release due to environment protection rules.';
    const run = await world.runWorkflow(`
on: push
jobs:
  a: { environment: release, runs-on: ubuntu-24.04, steps: [{ run: "true" }] }
`);
    expect(run.jobs[0]?.annotations[0]?.message).toBe(world.environmentRefusal);
    expect(run.conclusion).toBe("failure");
  });
});

describe("permissions of the job token", () => {
  const permissions = async (workflow: string, setting: "read" | "write" = "read") => {
    const world = createWorld();
    world.settings.defaultWorkflowPermissions = setting;
    await world.runWorkflow(workflow);
    return world.tokens[0];
  };
  const job = "runs-on: ubuntu-24.04\n    steps: [{ run: 'true' }]";

  it("are the repository's default if the workflow sets none", async () => {
    const read = await permissions(`on: push\njobs:\n  a:\n    ${job}`);
    expect(read).toMatchObject({
      permissions: { contents: "read", metadata: "read", packages: "read" },
      revoked: true,
    });
    const write = await permissions(`on: push\njobs:\n  a:\n    ${job}`, "write");
    expect(write?.permissions).toMatchObject({ packages: "write", "id-token": "none" });
  });

  it("are the workflow's, or the job's, and nothing else", async () => {
    const none = await permissions(`on: push\npermissions: {}\njobs:\n  a:\n    ${job}`, "write");
    expect(none?.permissions).toEqual({ metadata: "read" });
    const own = await permissions(
      `on: push\npermissions: {}\njobs:\n  a:\n    permissions: { packages: write }\n    ${job}`,
    );
    expect(own?.permissions).toEqual({ metadata: "read", packages: "write" });
    const all = await permissions(`on: push\npermissions: read-all\njobs:\n  a:\n    ${job}`);
    expect(all?.permissions).toMatchObject({ packages: "read", "id-token": "none" });
  });
});
