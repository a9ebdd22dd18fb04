import { expect, test } from "vitest";
import { readPublications } from "../../src/publishing/read-publications.ts";
import { publishingWorkflows } from "../../src/publishing/started-by.ts";
import { renderCallers, renderWorkflows } from "../../src/publishing/templates/render.ts";
import { workflowOptions } from "./templates/options.ts";
import { path, workflow, type JobText } from "./workflow-text.ts";

const startedBy = (files: Record<string, string>, branch = "main") =>
  publishingWorkflows(readPublications(files), branch).map((each) => [each.path, each.startedBy]);
const only = (text: JobText, branch?: string) =>
  startedBy({ [path]: workflow(text) }, branch)[0]?.[1];

const both = "on: { push: { branches: [main], tags: ['v*'] }, release: {} }";

test.each([
  ["on: push", "push"],
  ["on: { push: { branches: [main] } }", "push"],
  ["on: { push: { branches: ['ma**', '!main'] } }", "other"],
  ["on: { push: { branches-ignore: ['release/**'] } }", "push"],
  ["on: { push: { branches-ignore: [main] }, schedule: [{ cron: '1 1 * * *' }] }", "run"],
  ["on: { push: { tags: ['v*'] } }", "release"],
  ["on: { release: { types: [published] } }", "release"],
  ["on: { release: {}, workflow_dispatch: {} }", "release"],
  ["on: workflow_dispatch", "run"],
  ["on: pull_request", "other"],
])("%s: %s", (on, expected) => {
  expect(only({ on })).toBe(expected);
});

test("patterns are those of GitHub", () => {
  const on = "on: { push: { branches: ['releases/v[0-9]+.x', 'feature-?*'] } }";
  expect(only({ on }, "releases/v12.x")).toBe("push");
  expect(only({ on }, "releases/v12yx")).toBe("other");
  expect(only({ on }, "releases/a/v1.x")).toBe("other");
});

test.each([
  ["startsWith(github.ref, 'refs/tags/')", "release"],
  ["${{ github.event_name == 'release' }}", "release"],
  ["github.ref == 'refs/heads/main' && success()", "push"],
  ["github.event_name != 'pull_request'", "push"],
  ["!(github.ref_name == 'main')", "release"],
  ["vars.PUBLISH == 'yes'", "push"],
  ["github.ref_type == 'tag' || vars.PUBLISH == 'yes'", "push"],
])("a job, or its push, with the condition %s: %s", (condition, expected) => {
  expect(only({ on: both, job: [`if: "${condition}"`] })).toBe(expected);
  const push = `- { run: docker push ghcr.io/acme/api, if: "${condition}" }`;
  expect(only({ on: both, push })).toBe(expected);
});

test("an image that is only built on the branch is published by releases only", () => {
  const push = (on: string) =>
    `- { uses: docker/build-push-action@v6, with: { push: "${on}", tags: ghcr.io/acme/api } }`;
  expect(only({ on: both, push: push("${{ github.ref_type == 'tag' }}") })).toBe("release");
  expect(only({ on: both, push: push("true") })).toBe("push");
});

test("the runs of a reusable workflow are those of its callers", () => {
  const call = (on: string, condition = "true") =>
    `${on}\njobs:\n  a:\n    if: ${condition}\n    uses: ./.github/workflows/build.yml\n`;
  const files = {
    ".github/workflows/build.yml": workflow({ on: "on: workflow_call" }),
    ".github/workflows/main.yml": call("on: push"),
    ".github/workflows/tag.yml": call("on: push", "github.ref_type == 'tag'"),
  };
  expect(startedBy(files)).toEqual([
    [".github/workflows/main.yml", "push"],
    [".github/workflows/tag.yml", "release"],
  ]);
});

test("the templates publish on pushes and on releases, inline and as callers", () => {
  const options = workflowOptions();
  const central = { repository: "Acme/.github", ref: "0".repeat(40) };
  for (const files of [renderWorkflows(options), renderCallers(options, central)]) {
    expect(startedBy(files)).toEqual([
      [".github/workflows/ci.yml", "push"],
      [".github/workflows/release.yml", "release"],
    ]);
  }
});
