import { beforeAll, expect, test } from "vitest";
import { workflowRules } from "../../policy/check.ts";
import { thresholdsOf } from "../../policy/policy-config.ts";
import { findInWorkflow } from "../../policy/judge/find-in-workflow.ts";
import { readWorkflow } from "../../policy/workflow/read-workflow.ts";
import type { WorkflowFinding, WorkflowSource } from "../../policy/workflow/workflow.ts";
import { renderWorkflows } from "../../src/publishing/templates/render.ts";
import { workflowOptions } from "../publishing/templates/options.ts";
import { cases } from "./cases/index.ts";

/** Every text that a test case judges, and the rendered ones. */
const texts = new Set([
  ...cases.flatMap(({ violating, missing, passing }) =>
    [violating, missing, passing].flatMap(({ resources }) =>
      resources.flatMap(({ props: { content, files } }) =>
        [content, ...Object.values(files ?? {})].filter((text) => typeof text === "string"),
      ),
    ),
  ),
  ...Object.values(renderWorkflows(workflowOptions())),
]);

/** Places where the name of an image could be taken for something else. */
const odd = (name: string) => [
  `on: push\njobs:\n  a:\n    runs-on: ghcr.io/${name}-latest\n`,
  `on: push\njobs:\n  a:\n    runs-on: [self-hosted, ghcr.io/${name}-latest]\n`,
  `on: push\nenv: { ghcr.io/${name}: 1, ghcr.io/other: 2 }\njobs: {}\n`,
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: docker://ghcr.io/${name}:1\n`,
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ghcr.io/${name}@main\n`,
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: docker login ghcr.io/${name} }]\n`,
];

const sources = [...texts, ...odd("a"), ...odd("toolchains/b")].flatMap((text): WorkflowSource[] =>
  ["ci", "release", "other"].flatMap((name) =>
    [true, false].map((managed) => ({
      path: `.github/workflows/${name}.yml`,
      text,
      managed,
      owner: "acme",
      repository: "api",
      branch: "main",
    })),
  ),
);

interface Verdict {
  readonly source: WorkflowSource;
  readonly shared: readonly WorkflowFinding[];
  readonly alone: readonly WorkflowFinding[];
}

/** By rule. One file after the other, because the files read last are kept. */
const verdicts = new Map<string, Verdict[]>(workflowRules.map(({ id }) => [id, []]));
beforeAll(async () => {
  for (const source of sources) {
    for (const rule of workflowRules) {
      const thresholds = thresholdsOf(rule);
      const shared = await findInWorkflow(rule, source, thresholds);
      const alone = [...rule.judge(await readWorkflow(source), thresholds)];
      verdicts.get(rule.id)?.push({ source, shared, alone });
    }
  }
});

test.each(workflowRules.map(({ id }) => id))(
  "%s finds in files that share a verdict what it finds in each alone",
  (id) => {
    expect(verdicts.get(id)).toHaveLength(sources.length);
    for (const { source, shared, alone } of verdicts.get(id) ?? []) {
      expect(shared, source.text).toEqual(alone);
    }
  },
);

test("a repository that the thresholds name has its own verdict", async () => {
  const rule = workflowRules.find(({ id }) => id === "workflow-bounded");
  if (!rule) throw new Error("workflow-bounded is gone");
  const text =
    "on: push\nconcurrency: a\njobs:\n  a:\n    runs-on: self-hosted\n    timeout-minutes: 5\n";
  const source = { path: "a.yml", text, managed: false, owner: "acme" };
  const thresholds = thresholdsOf(rule, { privateRepositories: ["api"] });
  const count = async (repository: string) =>
    (await findInWorkflow(rule, { ...source, repository }, thresholds)).length;
  expect([await count("api"), await count("web"), await count("api")]).toEqual([0, 1, 0]);
});
