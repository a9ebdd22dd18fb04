import { describe, expect, it } from "vitest";
import { matchesPatterns } from "../../src/actions/language/filter-pattern.ts";
import type { ActionsEvent } from "../../src/actions/host/actions-event.ts";
import { createWorld } from "./world.ts";

/** The workflows (name: `on`) that an event starts. */
async function started(
  on: Record<string, string>,
  event: { ref?: string; files?: Record<string, string>; message?: string } & Partial<ActionsEvent>,
): Promise<string[]> {
  const world = createWorld();
  const { ref = "refs/heads/main", files = {}, message = "Change", ...more } = event;
  const workflows = Object.fromEntries(
    Object.entries(on).map(([name, text]) => [
      `.github/workflows/${name}.yml`,
      `name: ${name}\non: ${text}\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: "true" }] } }`,
    ]),
  );
  const before = world.commit(workflows);
  const commit = world.commit({ ...workflows, ...files }, { message });
  expect(commit.parent).toBe(before.sha);
  const runs = await world.push(commit, ref, more);
  await world.actions.idle();
  return runs.map((run) => run.workflow.name).toSorted();
}

describe("a push", () => {
  it("starts the workflows whose branch, tag and path filters it passes", async () => {
    const on = {
      any: "push",
      main: "{ push: { branches: [main] } }",
      releases: "{ push: { branches: ['releases/**', '!releases/**-alpha'] } }",
      ignoring: "{ push: { branches-ignore: [main] } }",
      tags: "{ push: { tags: ['v*'] } }",
      both: "{ push: { branches: [main], tags: ['v*'] } }",
      docs: "{ push: { paths: ['docs/**'] } }",
      code: "{ push: { paths-ignore: ['docs/**'] } }",
      pull: "pull_request",
    };
    expect(await started(on, { files: { "docs/a.md": "x" } })).toEqual([
      "any",
      "both",
      "docs",
      "main",
    ]);
    expect(await started(on, { files: { "src/a.ts": "x" } })).toEqual([
      "any",
      "both",
      "code",
      "main",
    ]);
    expect(await started(on, { ref: "refs/heads/releases/1/b", files: { a: "" } })).toEqual([
      "any",
      "code",
      "ignoring",
      "releases",
    ]);
    expect(await started(on, { ref: "refs/heads/releases/1-alpha", files: { a: "" } })).toEqual([
      "any",
      "code",
      "ignoring",
    ]);
    expect(await started(on, { ref: "refs/tags/v1.0.0" })).toEqual([
      "any",
      "both",
      "code",
      "docs",
      "tags",
    ]);
  });

  it("starts nothing if the commit says so, or a job token pushed it", async () => {
    expect(await started({ any: "push" }, { message: "Docs [skip ci]" })).toEqual([]);
    for (const trailers of ["skip-checks: true", "Reviewed-by: Ada\nskip-checks:true"])
      expect(await started({ any: "push" }, { message: `x\n\n\n${trailers}` })).toEqual([]);
    expect(await started({ any: "push" }, { byJobToken: true })).toEqual([]);
  });
});

describe("other events", () => {
  it("are distinguished by their types", async () => {
    const on = {
      published: "{ release: { types: [published] } }",
      any: "release",
      created: "{ release: { types: [created] } }",
    };
    const event = { name: "release", ref: "refs/tags/v1", payload: { action: "published" } };
    expect(await started(on, event)).toEqual(["any", "published"]);
    const deploy = { name: "repository_dispatch", payload: { action: "deploy" } };
    const all = { any: "[push, repository_dispatch]", other: "push" };
    expect(await started(all, deploy)).toEqual(["any"]);
  });

  it("of pull requests look at the base branch", async () => {
    const pull = (base: string, action: string) => ({
      name: "pull_request",
      ref: "refs/pull/1/merge",
      payload: { action, pull_request: { base: { ref: base } } },
    });
    const on = { main: "{ pull_request: { branches: [main] } }", any: "[push, pull_request]" };
    expect(await started(on, pull("main", "opened"))).toEqual(["any", "main"]);
    expect(await started(on, pull("next", "synchronize"))).toEqual(["any"]);
    expect(await started(on, pull("main", "labeled"))).toEqual([]);
  });

  it("that are pull requests from forks get no secrets, unless the base branch's files run", async () => {
    const world = createWorld();
    world.secrets.push({ name: "PAT", value: "12345", scope: "repository" });
    world.secrets.push({ name: "PAT", value: "67890", scope: "environment" });
    const on = "permissions: { packages: write }\non: [pull_request, pull_request_target]";
    const commit = world.commit({
      ".github/workflows/a.yml": `${on}\njobs: { a: { environment: prod, runs-on: ubuntu-24.04, steps: [{ run: "echo size '\${#PAT}' of \${{ github.secret_source }}", env: { PAT: "\${{ secrets.PAT }}" } }] } }`,
    });
    const head = { repo: { full_name: "sam/api" }, sha: commit.sha };
    const payload = { action: "opened", pull_request: { base: { ref: "main" }, head } };
    const [ofFork] = await world.push(commit, "refs/pull/1/merge", {
      name: "pull_request",
      payload,
    });
    const [ofBase] = await world.push(commit, "refs/heads/main", {
      name: "pull_request_target",
      payload,
    });
    await world.actions.idle();
    expect(world.tokens.map(({ permissions }) => permissions.packages)).toEqual(["read", "write"]);
    expect(ofFork?.jobs[0]?.log.text()).toContain("PAT: \n");
    expect(ofFork?.jobs[0]?.log.text()).toContain("of None\n");
    expect(ofBase?.jobs[0]?.log.text()).toContain("PAT: ***\n");
  });

  it("of other runs name their workflow and branch, and end after three", async () => {
    const world = createWorld();
    const job = "jobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: 'true' }] } }";
    const after = (name: string, of: string, more = "types: [completed]") =>
      `name: ${name}\non: { workflow_run: { workflows: [${of}], ${more} } }\n${job}`;
    const commit = world.commit({
      ".github/workflows/ci.yml": `name: CI\non: push\n${job}`,
      ".github/workflows/loop.yml": after("Loop", "CI, Loop"),
      ".github/workflows/next.yml": after("Next", "CI", "branches: [next], types: [completed]"),
      ".github/workflows/asked.yml": after("Asked", "C*", "types: [requested]"),
      ".github/workflows/other.yml": after("Other", "Deploy"),
      ".github/workflows/begun.yml": after("Begun", "CI", "types: [in_progress]"),
    });
    await world.push(commit);
    await world.actions.idle();
    const runs = world.actions.runs();
    expect(runs.map(({ workflow }) => workflow.name).toSorted()).toEqual([
      "Asked",
      "Begun",
      "CI",
      "Loop",
      "Loop",
      "Loop",
    ]);
    const loop = runs.find(({ workflow }) => workflow.name === "Loop");
    expect(loop?.event).toMatchObject({
      ref: "refs/heads/main",
      payload: { action: "completed", workflow_run: { name: "CI", conclusion: "success" } },
    });
  });

  it("of merge groups look at the base branch", async () => {
    const group = { base_ref: "refs/heads/main" };
    const event = {
      name: "merge_group",
      payload: { action: "checks_requested", merge_group: group },
    };
    const on = (branch: string) => `{ merge_group: { branches: [${branch}] } }`;
    expect(await started({ main: on("main"), next: on("next") }, event)).toEqual(["main"]);
  });

  it("of the schedule contain their cron line", async () => {
    const on = { nightly: "{ schedule: [{ cron: '7 3 * * *' }] }" };
    const tick = (schedule: string) => ({ name: "schedule", payload: { schedule } });
    expect(await started(on, tick("7 3 * * *"))).toEqual(["nightly"]);
    expect(await started(on, tick("8 3 * * *"))).toEqual([]);
  });
});

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet */
describe("filter patterns", () => {
  it.each([
    ["feature/*", "feature/my-branch", true],
    ["feature/*", "feature/a/b", false],
    ["feature/**", "feature/beta-a/my-branch", true],
    ["*", "main", true],
    ["*", "a/b", false],
    ["**", "all/the/branches", true],
    ["*feature", "mona-feature", true],
    ["v2*", "v2.0", true],
    ["v[12].[0-9]+.[0-9]+", "v1.10.1", true],
    ["v[12].[0-9]+.[0-9]+", "v3.0.0", false],
    ["*.jsx?", "page.js", true],
    ["*.jsx?", "page.jsx", true],
    ["**.js", "src/js/app.js", true],
    ["**/docs/**", "docs/hello.md", true],
    ["**/docs/**", "dir/docs/my-file.txt", true],
    ["**/README.md", "README.md", true],
    ["**/*src/**", "my-src/code/js/app.js", true],
    ["1.0", "1x0", false],
  ])("%s against %s: %s", (pattern, value, expected) => {
    expect(matchesPatterns(value, [pattern])).toBe(expected);
  });
});
