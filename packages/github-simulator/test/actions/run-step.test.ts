import { describe, expect, it } from "vitest";
import { createWorld, logOf, resultsOf } from "./world.ts";

/** A workflow with one job of these steps. */
function steps(text: string, more = ""): string {
  return `on: push\n${more}\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n${text.replaceAll(/^/gm, "      ")}`;
}

describe("a run step", () => {
  it("runs in a real bash with the workflow's settings, and is logged", async () => {
    const run = await createWorld().runWorkflow(`
name: CI
on: push
env: { GREETING: hello }
jobs:
  build:
    runs-on: ubuntu-24.04
    env: { WHO: "\${{ github.repository_owner }}" }
    steps:
      - run: echo "$GREETING $WHO at $GITHUB_REF_NAME"
      - name: Shell
        shell: bash
        env: { GREETING: bye }
        run: |
          set -o | grep pipefail
          echo "$GREETING \${{ github.sha }} \${{ env.GREETING }}"
`);
    expect(run.conclusion).toBe("success");
    const log = logOf(run);
    expect(log).toContain("\nhello acme at main\n");
    expect(log).toMatch(/pipefail\s+on/);
    expect(log).toContain(`\nbye ${run.event.sha} bye\n`);
    expect(run.jobs[0]?.log.text()).toMatch(/^2031-05-06T\d\d:\d\d:\d\d\.\d{7}Z /);
  });

  it("gets the value of a multi-line text, not its source", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- run: |
    cat <<END
    ref \${{ github.ref }}
    END
- run: >-
    echo folded
    \${{ github.ref_name }} "it's"
    'quoted'`),
    );
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toContain("\nref refs/heads/main\n");
    expect(logOf(run)).toContain("\nfolded main it's quoted\n");
  });

  it("sees nothing of the environment of the simulator", async () => {
    process.env.SIMULATOR_TEST_SECRET = "left-outside";
    const run = await createWorld().runWorkflow(steps("- run: env; ls -A ~"));
    delete process.env.SIMULATOR_TEST_SECRET;
    expect(logOf(run)).not.toContain("left-outside");
    expect(logOf(run)).toContain("GITHUB_REPOSITORY=acme/api");
  });

  it("fails with its exit code, and the steps after it do not run", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- run: "false | true"
- { run: "false | true", shell: bash, id: broken }
- run: echo never
- { run: "echo \${{ steps.broken.outcome }}", if: failure() }
- { run: echo always, if: always() }`),
    );
    expect(run.conclusion).toBe("failure");
    expect(run.jobs[0]?.steps.map((step) => step.conclusion)).toEqual([
      "success",
      "success",
      "failure",
      "skipped",
      "success",
      "success",
      "success",
    ]);
    expect(logOf(run)).toContain("##[error]Process completed with exit code 1.");
    expect(run.jobs[0]?.annotations.map(({ level, message }) => [level, message])).toEqual([
      ["failure", "Process completed with exit code 1."],
    ]);
  });

  it("may fail with continue-on-error, which sees its environment", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- { id: first, run: exit 3, env: { MAY: "true" }, continue-on-error: "\${{ env.MAY == 'true' && env.may == '' }}" }
- { run: "echo \${{ steps.first.outcome }} \${{ steps.first.conclusion }}", if: steps.first.outcome == 'failure' }`),
    );
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toContain("\nfailure success\n");
  });

  it("passes outputs, environment, path and summary on through files", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- id: make
  run: |
    echo "one=1" >> "$GITHUB_OUTPUT"
    printf 'many<<END\\na\\nb\\nEND\\n' >> "$GITHUB_OUTPUT"
    echo "COLOUR=green" >> "$GITHUB_ENV"
    mkdir bin; printf '#!/bin/sh\\necho tool\\n' > bin/tool; chmod +x bin/tool
    echo "$PWD/bin" >> "$GITHUB_PATH"
    echo "# Result" >> "$GITHUB_STEP_SUMMARY"
- run: tool; echo "$COLOUR \${{ env.COLOUR }} \${{ steps.make.outputs.one }} $MANY"
  env: { MANY: "\${{ toJSON(steps.make.outputs.many) }}" }
- { run: "tool; echo $PATH", env: { PATH: "/nowhere:/usr/bin:/bin" } }`),
    );
    expect(logOf(run)).toMatch(/\ntool\ngreen green 1 "a\\nb"\n[^]+\ntool\n\S+\/bin:\/nowhere:/);
    expect(run.jobs[0]?.summary).toBe("# Result\n");
  });

  it("executes workflow commands", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- run: |
    echo "::warning file=a.ts,line=3,title=Look::dead%0Acredential"
    echo "::notice::fyi"
    echo "::group::Mine"
    echo "::endgroup::"
    value=hidden-value; echo "::add-mask::$value"; echo "it is $value"
    echo "::debug::not shown"`),
    );
    const log = logOf(run);
    expect(log).toContain("##[warning]dead\ncredential");
    expect(log).toContain("##[group]Mine\n##[endgroup]");
    expect(log).toContain("\nit is ***\n");
    expect(log.split("\n")).not.toContain("not shown");
    expect(run.jobs[0]?.annotations).toMatchObject([
      { level: "warning", title: "Look", message: "dead\ncredential", path: "a.ts", startLine: 3 },
      { level: "notice", message: "fyi", path: ".github" },
    ]);
  });

  it("logs what is for debugging if a variable asks for it", async () => {
    const world = createWorld();
    world.variables.push({ name: "ACTIONS_STEP_DEBUG", value: "true", scope: "repository" });
    const run = await world.runWorkflow(
      steps(`- run: echo "::debug::detail"; echo "[$RUNNER_DEBUG \${{ runner.debug }}]"`),
    );
    expect(logOf(run)).toContain("\n##[debug]detail\n[1 1]\n");
  });

  it("prints what only looks like a command", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- run: |
    echo "::add-masks file=a::x"
    echo "a::warning::b"
    echo "::stop-commands::pause"
    echo "::warning::not one"
    echo "::pause::"
    echo "##[warning]the old form"
    echo "::add-mask::"
    echo "::echo::on"
    echo "::notice::seen"`),
    );
    expect(run.conclusion).toBe("success");
    const log = logOf(run).split("\n");
    expect(log).toEqual(
      expect.arrayContaining(["::add-masks file=a::x", "a::warning::b", "::warning::not one"]),
    );
    expect(log).toContain("::notice::seen");
    expect(run.jobs[0]?.annotations.map(({ message }) => message)).toEqual([
      "the old form",
      "Can't add secret mask for empty string in ##[add-mask] command.",
      "seen",
    ]);
  });

  it.each([
    ["echo '::set-env name=A::b'", "The `set-env` command is disabled. "],
    ["echo '::add-path::/tmp'", "The `add-path` command is disabled. "],
    ["echo '::set-output::b'", "Required field 'name' is missing in ##[set-output] command."],
    ["echo '::stop-commands::warning'; echo '::echo::maybe'", "Invalid echo command value."],
    ['echo "no pair" >> "$GITHUB_OUTPUT"', "Invalid format 'no pair'"],
    ['echo "a<<" >> "$GITHUB_ENV"', "Invalid format 'a<<'. Name must not be empty"],
    ['printf "a<<E\\nb\\n" >> "$GITHUB_ENV"', "Invalid value. Matching delimiter not found 'E'"],
    ['printf "a<<E\\nb" >> "$GITHUB_ENV"', "Invalid value. EOF marker missing new line."],
  ])("fails if the runner refuses a command: %s", async (script, reason) => {
    const run = await createWorld().runWorkflow(steps(`- run: |\n    ${script}`));
    expect(run.conclusion).toBe("failure");
    const [unable, why] = (run.jobs[0]?.annotations ?? []).filter(
      ({ level }) => level === "failure",
    );
    expect(unable?.message).toMatch(/^Unable to process (file )?command '.+' successfully\.$/);
    expect(why?.message).toContain(reason);
  });

  it("may not set NODE_OPTIONS, and goes on", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- run: printf 'NODE_OPTIONS=x\\nOTHER=y=z<<\\r\\n' >> "$GITHUB_ENV"
- run: echo "[$NODE_OPTIONS] $OTHER" | cat -v`),
    );
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toContain("\n[] y=z<<^M\n");
    expect(run.jobs[0]?.annotations[0]?.message).toBe(
      "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.",
    );
  });

  it("gets its name when it starts", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- { id: v, run: "echo v=9 >> $GITHUB_OUTPUT" }
- { name: "Version \${{ steps.v.outputs.v }}", run: "true" }
- { name: "Not \${{ steps.v.outputs.v }}", if: false, run: "true" }
- run: echo "\${{ fromJSON(steps.v.outputs.v) }}"`),
    );
    expect(run.jobs[0]?.steps.map(({ name }) => name)).toEqual([
      "Set up job",
      "Run echo v=9 >> $GITHUB_OUTPUT",
      "Version 9",
      "Not 9",
      'Run echo "9"',
      "Complete job",
    ]);
  });

  it("knows itself, its actor and its files", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- run: echo "first=\${{ github.action }}" >> "\${{ github.output }}"
- id: mine
  shell: bash
  run: |
    echo "$GITHUB_ACTION $GITHUB_ACTOR_ID \${{ github.actor_id }} [$GITHUB_SECRET_SOURCE] \${{ github.ref_protected }} $GITHUB_REF_PROTECTED \${{ github.secret_source }}"
    test "$RUNNER_WORKSPACE" = "$(dirname "$GITHUB_WORKSPACE")"
    test "$GITHUB_ENV" = "\${{ github.env }}"
- run: env
  env: { GITHUB_ACTION: other }`),
    );
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toMatch(/\nmine (\d+) \1 \[\] true true Actions\n/);
    expect(logOf(run)).toContain("\nshell: /usr/bin/bash --noprofile --norc -e -o pipefail {0}\n");
    expect(logOf(run)).toContain("\nGITHUB_ACTION=__run_2\n");
  });

  it("ends with its time-out, children included", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- { name: Slow, run: "sleep 60 | cat", timeout-minutes: 0.005 }`),
    );
    expect(run.conclusion).toBe("failure");
    expect(logOf(run)).toContain("##[error]The action 'Slow' has timed out after 0.005 minutes.");
  });

  it("runs in the folder of defaults and working-directory", async () => {
    const run = await createWorld().runWorkflow(
      steps(
        `- uses: actions/checkout@v7
- run: pwd
- { run: pwd, working-directory: docs }
- { run: pwd, working-directory: missing }`,
        "defaults: { run: { working-directory: src, shell: bash } }",
      ),
      { "src/a": "", "docs/b": "" },
    );
    expect(logOf(run)).toMatch(/\/api\/src\n/);
    expect(logOf(run)).toMatch(/\/api\/docs\n/);
    expect(logOf(run)).toContain("No such file or directory");
  });
});

describe("an action", () => {
  it("that is unknown fails the step with a message", async () => {
    const run = await createWorld().runWorkflow(steps("- uses: acme/deploy@v1"));
    expect(resultsOf(run)).toEqual({ build: "failure" });
    expect(logOf(run)).toContain("##[error]the simulator does not know the action acme/deploy@v1");
  });

  it("cleans up in a step that is named after its own", async () => {
    const run = await createWorld().runWorkflow(
      steps(`- { name: Get the code, uses: actions/checkout@v7 }\n- uses: actions/checkout@v7`),
    );
    expect(run.jobs[0]?.steps.map(({ name }) => name)).toEqual([
      "Set up job",
      "Get the code",
      "Run actions/checkout@v7",
      "Post Run actions/checkout@v7",
      "Post Get the code",
      "Complete job",
    ]);
  });

  it("is refused if the repository requires full commit SHAs", async () => {
    const world = createWorld();
    world.settings.policy = {
      enabled: true,
      allowed: "all",
      githubOwnedAllowed: true,
      verifiedAllowed: true,
      patternsAllowed: [],
      shaPinningRequired: true,
    };
    const run = await world.runWorkflow(steps("- uses: actions/checkout@v7"));
    expect(run.jobs[0]?.annotations[0]?.message).toBe(
      "The actions actions/checkout@v7 are not allowed in acme/api because all actions must be pinned to a full-length commit SHA.",
    );
  });

  it("keeps a cache between runs, also after a failed one, and finds it by its prefix", async () => {
    const world = createWorld();
    const key = '"k-${{ github.run_id }}"';
    const cached = (run: string) =>
      steps(
        [
          `- { uses: actions/cache/restore@v5, with: { path: memory, key: ${key}, restore-keys: k- } }`,
          `- run: ${run}`,
          `- { uses: actions/cache/save@v5, if: always(), with: { path: memory, key: ${key} } }`,
        ].join("\n"),
      );
    const first = await world.runWorkflow(
      cached("test ! -e memory && mkdir memory && echo one > memory/a && exit 3"),
    );
    expect(first.conclusion, logOf(first)).toBe("failure");
    expect(logOf(first)).toContain("Cache saved with key: k-");
    const second = await world.runWorkflow(cached("grep one memory/a"));
    expect(second.conclusion, logOf(second)).toBe("success");
  });

  it("that gets an unknown input warns", async () => {
    const run = await createWorld().runWorkflow(
      steps("- { uses: actions/cache@v4, with: { path: a, key: b, kez: a } }"),
    );
    expect(run.conclusion).toBe("success");
    expect(logOf(run)).toContain("##[warning]Unexpected input(s) 'kez', valid inputs are ['path'");
  });
});
