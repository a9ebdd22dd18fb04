import { describe, expect, it } from "vitest";
import { createWorld, logOf } from "./world.ts";

const local = `
on: push
env: { LEVEL: workflow }
defaults: { run: { working-directory: src } }
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - id: tag
        uses: ./.github/actions/tag
        with: { Prefix: rc }
        env: { LEVEL: step }
      - run: echo "got \${{ steps.tag.outputs.tag }} $LEVEL $MADE [\${{ steps.inner.outputs.n }}]"
`;

const tag = `
name: Tag
inputs:
  prefix: { required: true }
  number: { default: "\${{ github.run_number }}" }
outputs:
  tag: { value: "\${{ steps.inner.outputs.tag }}" }
runs:
  using: composite
  steps:
    - id: inner
      shell: bash
      run: |
        echo "tag=\${{ inputs.prefix }}-\${{ inputs.number }}" >> "$GITHUB_OUTPUT"
        echo "MADE=inside" >> "$GITHUB_ENV"
        cat "\${{ github.action_path }}/words.txt"
        cat "$GITHUB_ACTION_PATH/words.txt"
        echo "in $PWD at $LEVEL with [\${{ github.event_name }}]"
    - uses: ./.github/actions/nested
`;

const nested = `
runs:
  using: composite
  steps: [{ shell: bash, run: echo "nested $MADE $LEVEL" }]
`;

/** A repository with one action, called \`./act\`, and a workflow that uses it after a checkout. */
function using(action: string, more = ""): [string, Record<string, string>] {
  const workflow = `
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - { id: act, uses: ./act${more} }
      - { if: always(), run: "echo 'act: \${{ steps.act.outcome }} \${{ toJSON(steps.act.outputs) }}'" }
`;
  return [workflow, { "act/action.yaml": action }];
}

describe("a composite action of the same repository", () => {
  it("runs with its own inputs and steps, and returns outputs and variables", async () => {
    const run = await createWorld().runWorkflow(local, {
      ".github/actions/tag/action.yml": tag,
      ".github/actions/tag/words.txt": "words\n",
      ".github/actions/nested/action.yml": nested,
      "src/a": "",
    });
    const log = logOf(run);
    expect(run.conclusion, log).toBe("success");
    expect(log).toContain("\ngot rc-1 workflow inside []\n");
    expect(log).toContain("\nnested inside step\n");
    expect(log).toContain("\nwords\nwords\n");
    // The defaults and steps of the workflow have no effect in it.
    expect(log).toMatch(/\nin \S+\/api\/api at step with \[push\]\n/);
    expect(run.jobs[0]?.steps.map(({ name }) => name)).toEqual([
      "Set up job",
      "Run actions/checkout@v7",
      "Run ./.github/actions/tag",
      'Run echo "got rc-1 workflow inside []"'.replace("rc-1 workflow inside", "rc-1 $LEVEL $MADE"),
      "Post Run actions/checkout@v7",
      "Complete job",
    ]);
  });

  it("fails with its first failed step, and still runs always() and failure() steps", async () => {
    const run = await createWorld().runWorkflow(
      ...using(`
outputs: { code: { value: "\${{ steps.end.outputs.code }}" } }
runs:
  using: composite
  steps:
    - { shell: bash, run: exit 2, continue-on-error: true }
    - { shell: bash, run: exit 3 }
    - { shell: bash, run: echo never }
    - { shell: bash, if: failure(), run: echo rescued }
    - { shell: bash, id: end, if: always(), run: 'echo "code=3" >> "$GITHUB_OUTPUT"' }
`),
    );
    const log = logOf(run);
    expect(run.conclusion).toBe("failure");
    expect(log).not.toContain("\nnever\n");
    expect(log).toContain("\nrescued\n");
    expect(log).toMatch(/\nact: failure \{\s+"code": "3"\s+\}\n/);
    expect(run.jobs[0]?.annotations.map(({ message }) => message)).toEqual([
      "Process completed with exit code 2.",
      "Process completed with exit code 3.",
    ]);
  });

  it("knows its own status and that of the job", async () => {
    const run = await createWorld().runWorkflow(
      "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: actions/checkout@v7 }, { run: exit 1 }, { if: always(), uses: ./act }] } }",
      {
        "act/action.yml": `
runs:
  using: composite
  steps:
    - { shell: bash, run: "echo [\${{ job.status }} \${{ github.action_status }}]; exit 2" }
    - { if: failure(), shell: bash, run: "echo [\${{ job.status }} \${{ github.action_status }}]" }
`,
      },
    );
    expect(logOf(run)).toContain("\n[failure success]\n");
    expect(logOf(run)).toContain("\n[failure failure]\n");
  });

  it("sees only the secrets that it is given, and warns about unknown inputs", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PASS", value: "hunter22", scope: "repository" });
    const action = (expression: string) => `
inputs: { password: { default: none } }
runs: { using: composite, steps: [{ shell: bash, run: "echo '\${{ ${expression} }}' | wc -c" }] }
`;
    const given = ', with: { password: "${{ secrets.PASS }}", other: 1 }';
    const run = await world.runWorkflow(...using(action("inputs.password"), given));
    expect(logOf(run)).toContain("\n9\n");
    expect(logOf(run)).toContain(
      "##[warning]Unexpected input(s) 'other', valid inputs are ['password']",
    );
    const refused = await world.runWorkflow(...using(action("secrets.PASS"), given));
    expect(refused.conclusion).toBe("failure");
    expect(logOf(refused)).toContain("Unrecognized named-value: 'secrets'");
  });

  it("ends with the time-out of the step that uses it", async () => {
    const run = await createWorld().runWorkflow(
      ...using(
        "runs: { using: composite, steps: [{ shell: bash, run: sleep 60 }, { shell: bash, run: echo never }] }",
        ", timeout-minutes: 0.005",
      ),
    );
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain("##[error]The action 'Run ./act' has timed out after 0.005");
    expect(logOf(run)).not.toContain("\nnever\n");
  });

  it.each([
    ["runs: { using: node24, main: index.js }", "composite actions only: act/action.yaml is made"],
    ["runs: { using: docker, image: Dockerfile }", "is made for 'docker'"],
    ["runs: { using: composite, steps: [{ run: echo no shell }] }", "Required property is missing"],
    ["name: nothing", "Top level 'runs:' section is required for act/action.yaml"],
    ["runs: [", "Failed to load act/action.yaml"],
    ["runs: { using: composite, steps: [{ uses: ./act }] }", "exceeded max depth 9: ./act"],
    [
      "runs: { using: composite, steps: [{ uses: acme/else@v1 }] }",
      "not know the action acme/else",
    ],
  ])("is refused with a reason if it is invalid: %s", async (action, reason) => {
    const run = await createWorld().runWorkflow(...using(action));
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain(reason);
  });

  it("is not there before a checkout", async () => {
    const run = await createWorld().runWorkflow(
      "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: ./act }] } }",
      { "act/action.yml": "runs: { using: composite, steps: [] }" },
    );
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain(
      "Did you forget to run actions/checkout before running your local",
    );
  });
});

describe("a composite action of another repository", () => {
  const workflow =
    "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: acme/tools/greet@v1 }] } }";
  const action = `
runs:
  using: composite
  steps:
    - { shell: bash, run: '"$GITHUB_ACTION_PATH/greet.sh" "$GITHUB_ACTION_REPOSITORY@$GITHUB_ACTION_REF"' }
`;

  it("is taken from there at its ref", async () => {
    const world = createWorld();
    world.commit(
      { "greet/action.yml": action, "greet/greet.sh": '#!/bin/sh\necho "hello from $1"\n' },
      { repository: "acme/tools", ref: "v1" },
    );
    const run = await world.runWorkflow(workflow);
    expect(run.conclusion, logOf(run)).toBe("success");
    expect(logOf(run)).toContain("\nhello from acme/tools@v1\n");
  });

  it("is refused if that repository does not share it", async () => {
    const world = createWorld();
    world.commit({ "greet/action.yml": action }, { repository: "acme/tools", ref: "v1" });
    world.mayCall = false;
    const run = await world.runWorkflow(workflow);
    expect(logOf(run)).toContain("the simulator does not know the action acme/tools/greet@v1");
  });
});
