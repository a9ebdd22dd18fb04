import { describe, expect, test } from "vitest";
import type { WorkflowRule } from "../../policy/model/rule.ts";
import { rules } from "../../policy/rules.ts";
import { thresholdsOf } from "../../policy/policy-config.ts";
import { workflowBounded } from "../../policy/rules/workflow-bounded.ts";
import { workflowNoPersistedCredentials } from "../../policy/rules/workflow-danger.ts";
import { workflowPinned } from "../../policy/rules/workflow-pinned.ts";
import { readWorkflow } from "../../policy/workflow/read-workflow.ts";
import { remediatedText } from "../../policy/judge/remediated-text.ts";

const path = ".github/workflows/ci.yml";
const text = `# Our CI. Ask the platform team before you change it.
name: ci
on: [push]
jobs:
  # the only one
  build:
    runs-on: ubuntu-latest
    steps:
      # history is needed for the version
      - uses: actions/checkout@v4 # keep in step
        with:
          fetch-depth: 0 # all of it
      - run: make # builds
      - uses: someone/else@v1
`;

const remediate = (rule: WorkflowRule, before = text) =>
  remediatedText({ path, text: before, managed: false }, rule, thresholdsOf(rule));

test("workflow-pinned writes commit and version of the allow-list, and leaves the rest", () => {
  expect(remediate(workflowPinned)).toBe(
    text.replace("@v4 #", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"),
  );
});

test("a comment with another version is replaced by the right one", () => {
  const after = remediate(workflowPinned, text.replace("# keep in step", "# v4.1.0 keep in step"));
  expect(after).toContain("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1 keep in step\n");
});

test("workflow-no-persisted-credentials adds the input, with comments where they were", () => {
  expect(remediate(workflowNoPersistedCredentials)).toBe(
    text.replace("# all of it\n", "# all of it\n          persist-credentials: false\n"),
  );
});

test("workflow-bounded adds timeout, concurrency and a fixed runner", () => {
  expect(remediate(workflowBounded)).toMatchInlineSnapshot(`
    "# Our CI. Ask the platform team before you change it.
    name: ci
    on: [push]
    concurrency:
      group: \${{ github.workflow }}-\${{ github.ref }}
      cancel-in-progress: false
    jobs:
      # the only one
      build:
        runs-on: ubuntu-24.04
        timeout-minutes: 30
        steps:
          # history is needed for the version
          - uses: actions/checkout@v4 # keep in step
            with:
              fetch-depth: 0 # all of it
          - run: make # builds
          - uses: someone/else@v1
    "
  `);
});

describe("every remediation", () => {
  const able = rules.filter((rule) => rule.kind === "workflow" && rule.remediate !== undefined);

  test("is one of the three", () => {
    expect(able.map(({ id }) => id)).toEqual([
      "workflow-pinned",
      "workflow-no-persisted-credentials",
      "workflow-bounded",
    ]);
  });

  test.each(able as WorkflowRule[])("$id leaves nothing to do a second time", async (rule) => {
    const known = text.replace("      - uses: someone/else@v1\n", "");
    const after = remediate(rule, known) ?? "";
    const source = { path, text: after, managed: false };
    const thresholds = thresholdsOf(rule);
    expect([...rule.judge(await readWorkflow(source), thresholds)]).toEqual([]);
    expect(remediate(rule, after)).toBeUndefined();
  });

  test.each(able as WorkflowRule[])("$id does not change invalid YAML", (rule) => {
    expect(remediate(rule, "a: [")).toBeUndefined();
    expect(remediate(rule, "")).toBeUndefined();
  });
});
