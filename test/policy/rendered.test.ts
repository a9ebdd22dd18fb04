import { describe, expect, test } from "vitest";
import { rules } from "../../policy/rules.ts";
import type { Rule, WorkflowRule } from "../../policy/model/rule.ts";
import { thresholdsOf } from "../../policy/policy-config.ts";
import { secretName } from "../../policy/rules/secret.ts";
import { workflowLoginFallback } from "../../policy/rules/workflow-login.ts";
import { allowedActions } from "../../policy/workflow/action-pins.ts";
import { readWorkflow } from "../../policy/workflow/read-workflow.ts";
import { actionPins } from "../../src/publishing/templates/action-pins.ts";
import {
  renderCallers,
  renderCentralWorkflows,
  renderWorkflows,
  type RenderedFiles,
  type WorkflowOptions,
} from "../../src/publishing/templates/render.ts";
import { imageOptions, workflowOptions } from "../publishing/templates/options.ts";
import { registrySecret } from "./cases/secret-cases.ts";
import { change, ci, managedCi, workflowFiles } from "./cases/workflow-programs.ts";
import { runPolicy, withoutRemediation } from "./run-policy.ts";

const workflowRules = rules.filter((rule: Rule): rule is WorkflowRule => rule.kind === "workflow");

const optionSets: Partial<WorkflowOptions>[] = [
  {},
  { visibility: "private" },
  { visibility: "internal", platforms: [] },
  { platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"] },
  { runner: "ubuntu-24.04-arm", timeoutMinutes: 360 },
  { defaultBranch: "release/1.x+y!" },
  { owner: "ACME", image: "data/recommender" },
  { context: "services/api", dockerfile: "docker/Dockerfile.prod" },
  { buildArgs: { A: 'with "quotes", commas', B: "two\nlines", C: "# no comment: [x]" } },
  { releaseEnvironment: "publishing" },
  { mergeQueue: true, jobName: "build" },
  { pullRequestLogin: "read" },
];

const native = {
  platforms: ["linux/amd64", "linux/arm64"],
  runners: { "linux/arm64": "ubuntu-24.04-arm" },
};
const [web, worker] = [imageOptions({ image: "web" }), imageOptions({ image: "worker" })];
const ofOneForm: Partial<WorkflowOptions>[] = [
  { images: [web, worker] },
  native,
  { ...native, visibility: "private", pullRequestLogin: "read" },
  {
    images: [
      { ...web, ...native, secrets: { npm: "NPM_TOKEN" } },
      { ...worker, target: "worker" },
    ],
  },
  { runner: { group: "large", labels: ["x64"] }, secrets: { npm: "NPM_TOKEN" } },
];

describe.each(optionSets)("rendered with %j", (changes) => {
  const options = workflowOptions(changes);

  test("whole workflows pass every rule", async () => {
    expect(await findings(renderWorkflows(options), options)).toEqual([]);
  });

  test.each(["main", "c".repeat(40)])("callers of the central workflow at %s do", async (ref) => {
    const central = { repository: `${options.owner}/.github`, ref };
    expect(await findings(renderCallers(options, central), options)).toEqual([]);
  });
});

test.each(ofOneForm)("whole workflows for %j pass every rule", async (changes) => {
  const options = workflowOptions(changes);
  expect(await findings(renderWorkflows(options), options)).toEqual([]);
});

test("the central workflows pass every rule", async () => {
  const files = renderCentralWorkflows(workflowOptions());
  expect(await findings(files, workflowOptions({ repository: ".github" }))).toEqual([]);
});

test("another secret name is known from the fleet, and allowed by the policy", async () => {
  const options = workflowOptions({ secretName: "PUBLISH_TOKEN" });
  const files = renderWorkflows(options);
  const refused = await findings(files, options);
  expect(new Set(refused.map(([rule]) => rule))).toEqual(new Set(["workflow-login-fallback"]));

  const fleet = JSON.stringify({ secret: { name: "PUBLISH_TOKEN" } });
  const program = {
    config: { "ghcr-fleet:fleet": fleet },
    resources: [registrySecret({ name: "PUBLISH_TOKEN" }), workflowFiles(files)],
  };
  const judge = async (rule: Rule, policyConfig = {}) =>
    (await runPolicy(rule, { ...program, policyConfig })).violations.map((message) =>
      withoutRemediation(rule, message),
    );
  expect(await judge(workflowLoginFallback)).toEqual([]);
  expect(await judge(secretName)).toEqual(["shared must be named GHCR_PAT"]);
  expect(await judge(secretName, { secretNames: ["PUBLISH_TOKEN"] })).toEqual([]);

  // A pack sees no file of the project: the provider's arguments have what is in a fleet file.
  const provider = { type: "pulumi:providers:ghcr", name: "ghcr", props: { fleetSettings: fleet } };
  const inFile = { ...program, config: {}, resources: [provider, ...program.resources] };
  expect((await runPolicy(workflowLoginFallback, inFile)).violations).toEqual([]);
});

test("an invalid name of a secret is neither used nor shown", async () => {
  const token = `ghp_${"a1".repeat(18)}`;
  for (const name of [token, 7, null]) {
    const config = { "ghcr-fleet:fleet": JSON.stringify({ secret: { name } }) };
    const resources = [managedCi(change(ci, "secrets.GHCR_PAT ||", "secrets.OTHER ||"))];
    const { violations } = await runPolicy(workflowLoginFallback, { config, resources });
    expect(violations).toEqual([
      expect.stringContaining("exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN as"),
    ]);
  }
});

test("the renderer pins what the policy allows; the stack's own workflows need two more", () => {
  const own = ["actions/cache", "actions/setup-node"];
  const others = Object.entries(allowedActions).filter(([name]) => !own.includes(name));
  expect(Object.keys(allowedActions)).toEqual(expect.arrayContaining(own));
  expect(actionPins).toEqual(Object.fromEntries(others));
});

async function findings(files: RenderedFiles, options: WorkflowOptions, config = {}) {
  const { owner, repository, defaultBranch: branch } = options;
  const found: [string, object][] = [];
  for (const [path, text] of Object.entries(files)) {
    const workflow = await readWorkflow({ path, text, managed: true, owner, repository, branch });
    for (const rule of workflowRules) {
      for (const finding of rule.judge(workflow, thresholdsOf(rule, config)))
        found.push([rule.id, finding]);
    }
  }
  return found;
}
