import { expect, test } from "vitest";
import { checksOutsideQueue, lostChecks, mayLoseChecks } from "../../src/publishing/check-names.ts";
import { renderWorkflows, type WorkflowOptions } from "../../src/publishing/templates/render.ts";
import { imageOptions, workflowOptions } from "./templates/options.ts";

const path = ".github/workflows/ci.yml";
const other = ".github/workflows/test.yml";
const workflow = (jobs: string, on = "pull_request") => `on: ${on}\njobs:\n${jobs}`;
const job = (id: string, more = "") => `  ${id}:\n    runs-on: x\n${more}`;
const lost = (check: string, before: string, after: string, rest = {}) =>
  lostChecks([check], { [path]: before, ...rest }, { [path]: after, ...rest });

test("a job is known by its name, and without one by its key", () => {
  const named = workflow(job("image", "    name: Build (all)\n"));
  expect(lost("build", workflow(job("build")), named)).toEqual(["build"]);
  expect(lost("Build (all)", workflow(job("build")), named)).toEqual([]);
  expect(lost("build", workflow(job("build")), workflow(job("build")))).toEqual([]);
});

test("what no workflow reported before is the check of another app", () => {
  expect(lost("codecov/patch", workflow(job("build")), workflow(job("image")))).toEqual([]);
});

test("the jobs of a matrix have its values behind their name, or in it", () => {
  const matrix = "    strategy: { matrix: { node: [20, 22] } }\n";
  const behind = workflow(job("test", matrix));
  const within = workflow(job("test", `    name: on \${{ matrix.node }} only\n${matrix}`));
  expect(lost("test (20)", behind, workflow(job("test")))).toEqual(["test (20)"]);
  expect(lost("on 22 only", within, behind)).toEqual(["on 22 only"]);
  expect(lost("test (20)", behind, workflow(job("test", "    strategy: *m\n")), {})).toEqual([
    "test (20)",
  ]);
});

test("images of the templates have checks of their own, which other images and runners leave alone", () => {
  const web = imageOptions({ image: "web" });
  const worker = imageOptions({ image: "worker" });
  const native = {
    ...web,
    platforms: ["linux/amd64", "linux/arm64"],
    runners: { "linux/arm64": "ubuntu-24.04-arm" },
  };
  const files = (images: WorkflowOptions["images"], jobName?: string) =>
    renderWorkflows(workflowOptions({ images, jobName }));
  const check = "Build web, publish it on push";
  expect(lostChecks([check], files([web]), files([worker, native]))).toEqual([]);
  expect(lostChecks([check], files([web, worker]), files([worker]))).toEqual([check]);
  const byHand = {
    [path]: workflow(job("docker", "    strategy: { matrix: { image: [web] } }\n")),
  };
  expect(lostChecks(["docker (web)"], byHand, files([web, worker], "docker"))).toEqual([]);
  expect(lostChecks(["docker (web)"], byHand, files([web, worker]))).toEqual(["docker (web)"]);
});

test("a name that only the run knows stands in for no written one, and is not lost to another of its kind", () => {
  const open = workflow(job("any", "    name: ${{ inputs.name }}\n"));
  expect(lost("build", workflow(job("build")), open)).toEqual(["build"]);
  expect(lost("build", open, open)).toEqual([]);
  expect(lost("build", open, workflow(job("image")))).toEqual(["build"]);
});

test("a called workflow's jobs come behind the name of the caller", () => {
  const call = (uses: string) => workflow(`  image:\n    uses: ${uses}\n`);
  const called = { [other]: workflow(job("build"), "workflow_call") };
  const local = call(`./${other}`);
  expect(lost("image / build", local, workflow(job("image")), called)).toEqual(["image / build"]);
  expect(lost("build", local, workflow(job("image")), called)).toEqual([]);
  const foreign = call("acme/.github/.github/workflows/publish.yml@main");
  expect(lost("image / any", foreign, workflow(job("image")))).toEqual(["image / any"]);
  const circle = { [other]: workflow(`  again:\n    uses: ./${other}\n`, "workflow_call") };
  expect(lost("image / again", local, local, circle)).toEqual([]);
});

test("another workflow keeps the check, if it runs for pull requests", () => {
  const before = workflow(job("build"));
  const rest = (on: string) => ({ [other]: workflow(job("build"), on) });
  expect(lost("build", before, workflow(job("image")), rest("push"))).toEqual([]);
  expect(lost("build", before, workflow(job("image")), rest("schedule"))).toEqual(["build"]);
  const ofMain = rest("{ push: { branches: [main] } }");
  expect(lost("build", before, workflow(job("image")), ofMain)).toEqual(["build"]);
});

test("without another name, nothing can be lost", () => {
  const files = (text: string) => ({ [path]: text });
  const before = files(workflow(job("build")));
  expect(mayLoseChecks(before, files(workflow(job("build") + job("more"))))).toBe(false);
  expect(mayLoseChecks(before, files(workflow(job("image"))))).toBe(true);
  expect(mayLoseChecks({}, before)).toBe(false);
});

test("a check is outside the merge queue if its workflow runs for pull requests only", () => {
  const files = (on: string) => ({ [path]: workflow(job("build"), on) });
  expect(checksOutsideQueue(["build", "of another app"], files("pull_request"))).toEqual(["build"]);
  expect(checksOutsideQueue(["build"], files("[pull_request, merge_group]"))).toEqual([]);
});
