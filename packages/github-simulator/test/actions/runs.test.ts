import { describe, expect, it } from "vitest";
import { createWorld, logOf, resultsOf } from "./world.ts";

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

  it.each([
    [
      "on:\n  push:\n    paths: [src/**]\n    paths-ignore: [docs/**]\njobs: { a: { runs-on: x, steps: [{ run: x }] } }",
      "(Line: 3, Col: 12): you may only define one of `paths` and `paths-ignore` for a single event",
    ],
    [
      "on: push\njobs: { a: { runs-on: ubuntu-24.04 }, b: { runs-on: ubuntu-24.04, steps: [{ run: x }] } }",
      "No steps defined in `steps` and no workflow called in `uses` for the following jobs: a",
    ],
  ])("fails at startup, although an editor accepts it: %s", async (text, message) => {
    const run = await createWorld().runWorkflow(text);
    expect(run.conclusion).toBe("startup_failure");
    expect(run.message).toContain(message);
  });

  it("fails at startup if no event of it exists", async () => {
    const run = await createWorld().runWorkflow("on: pushed\njobs: { a: { runs-on: x } }");
    expect(run.conclusion).toBe("startup_failure");
    expect(run.message).toContain("Unexpected value 'pushed'");
  });

  it("fails at startup if it is not YAML", async () => {
    const run = await createWorld().runWorkflow("on: push\njobs: [");
    expect(run.conclusion).toBe("startup_failure");
    expect(run.message).toContain("Invalid workflow file");
  });
});

describe("a workflow file that no push starts", () => {
  it.each([
    ["{ schedule: [{ cron: 99 * * * * }] }", "Invalid cron expression"],
    ["schedule", "the simulator never starts workflows on schedule without cron"],
    ["", "Unexpected value ''"],
  ])("fails at the push that brings it: %s", async (on, message) => {
    const world = createWorld();
    const text = `on: ${on}\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: "true" }] } }`;
    const run = await world.runWorkflow(text);
    expect(run.conclusion).toBe("startup_failure");
    expect(run.message).toContain(message);
    const next = world.commit({ ".github/workflows/ci.yml": text, a: "" });
    expect(await world.push(next)).toEqual([]);
  });

  it("is refused with too many inputs", async () => {
    const inputs = Array.from({ length: 26 }, (_, at) => `i${at}: {}`).join();
    const run = await createWorld().runWorkflow(
      `on: { workflow_dispatch: { inputs: { ${inputs} } } }\njobs: { a: { runs-on: x, steps: [{ run: x }] } }`,
    );
    expect(run.message).toContain("you may only define up to 25 `inputs`");
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

  it.each([
    ["{ FLAG: true, count: 2, text: 7 }", "success", "[true 2 7]"],
    ["{}", "success", "[false 0 ]"],
    ["{ flag: 'true' }", "startup_failure", "(Line: 5, Col: 19): Unexpected value 'true'"],
    ["{ count: '2' }", "startup_failure", "(Line: 5, Col: 20): Unexpected value '2'"],
    ["{ flag: '${{ github.job || 1 }}' }", "failure", "(Line: 5, Col: 20): Unexpected value '1'"],
  ])("gets inputs of their types only: %s", async (inputs, conclusion, text) => {
    const run = await createWorld().runWorkflow(
      `on: push\njobs:\n  call:\n    uses: ./.github/workflows/called.yml\n    with: ${inputs}\n`,
      {
        ".github/workflows/called.yml": `
on: { workflow_call: { inputs: { flag: { type: boolean }, count: { type: number }, text: { type: string } } } }
jobs:
  a: { runs-on: ubuntu-24.04, steps: [{ run: "echo '[\${{ inputs.flag }} \${{ inputs.count }} \${{ inputs.text }}]'" }] }
`,
      },
    );
    expect(run.conclusion).toBe(conclusion);
    expect(run.message ?? logOf(run)).toContain(text);
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
    const shown = "${{ github.repository }} ${{ job.workflow_ref }}";
    const text = called.replace("${{ github.repository }}", shown);
    const files = { ".github/workflows/image.yml": text };
    world.commit(files, { repository: "acme/workflows", ref: "v1" });
    const uses = "acme/workflows/.github/workflows/image.yml@v1";
    const run = await world.runWorkflow(caller(uses, "inherit"));
    const at = "acme/workflows/.github/workflows/image.yml@refs/heads/v1";
    expect(logOf(run, 0)).toContain(`\napi true 3 acme/api ${at}\n`);
    world.mayCall = false;
    const refused = await world.runWorkflow(caller(uses, "inherit"));
    expect(refused.conclusion).toBe("startup_failure");
    expect(refused.message).toContain("workflow was not found.");
  });

  it("is in the folder of workflows, of the same commit or of an allowed repository", async () => {
    const world = createWorld();
    const files = { ".github/workflows/image.yml": called, "ci/image.yml": called };
    const own = await world.runWorkflow(caller("$/.github/workflows/image.yml", "{}"), files);
    expect(own.conclusion).toBe("success");
    const elsewhere = await world.runWorkflow(caller("./ci/image.yml", "{}"), files);
    expect(elsewhere.message).toContain("workflow was not found.");
    world.commit(files, { repository: "other/workflows", ref: "v1" });
    world.settings.policy = {
      ...{ enabled: true, allowed: "local_only", patternsAllowed: [], shaPinningRequired: true },
      ...{ githubOwnedAllowed: true, verifiedAllowed: true },
    };
    const uses = "other/workflows/.github/workflows/image.yml@v1";
    const refused = await world.runWorkflow(caller(uses, "{}"));
    expect(resultsOf(refused)).toEqual({ image: "failure", use: "skipped" });
    expect(logOf(refused)).toContain(`The actions ${uses} are not allowed in acme/api`);
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
