import type { WorkflowFinding, WorkflowRule } from "../rule.ts";
import { secretNamesSchema, type SecretNames } from "../secret-names.ts";
import { normalised, soleExpression } from "./expressions.ts";
import { runsAction } from "./uses.ts";
import type { Job, Step, Workflow } from "./workflow.ts";
import { textOf } from "./yaml-nodes.ts";

const fallback = "secrets.GITHUB_TOKEN";

/**
 * `A || B` chooses by presence: without the secret the job's own token publishes, and with a dead
 * one only a second login does.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
 */
export const workflowLoginFallback: WorkflowRule<SecretNames> = {
  kind: "workflow",
  id: "workflow-login-fallback",
  level: "mandatory",
  severity: "high",
  description:
    "The first login to ghcr.io uses exactly secrets.GHCR_PAT || secrets.GITHUB_TOKEN, and any further one secrets.GITHUB_TOKEN after a failure only.",
  remediation:
    "Log in with docker/login-action, a username and `password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}`.",
  source:
    "https://docs.github.com/en/packages/managing-github-packages-using-github-actions-workflows/publishing-and-installing-a-package-with-github-actions",
  sees: "Files that the fleet manages, and ci.yml and release.yml that publish to ghcr.io. A job that calls a reusable workflow must hand over the secret; what happens there is judged where that file is.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge(workflow, { secretNames }) {
    const { role, managed, jobs } = workflow;
    if (role === "other" && !managed) return;
    for (const job of jobs) yield* judgeJob(workflow, job, secretNames);
    const publishes = jobs.some((job) => job.uses || loginsOf(workflow, job).length > 0);
    if (role !== "other" && !publishes)
      yield { line: 1, must: "log in to ghcr.io before it pushes" };
  },
};

function* judgeJob(
  workflow: Workflow,
  job: Job,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  if (job.uses && workflow.role !== "other") yield* judgeCall(workflow, job, secretNames);
  for (const { run, line } of job.steps) {
    if (run && /\blogin\b[^\n]*ghcr\.io/.test(run.value))
      yield { line, must: "log in to ghcr.io with docker/login-action, not in a script" };
  }
  const [first, ...further] = loginsOf(workflow, job);
  if (!first) return;
  yield* judgeFirstLogin(workflow, first, secretNames);
  for (const login of further) yield* judgeFurtherLogin(workflow, first, login);
}

function* judgeFirstLogin(
  { yaml, lineOf }: Workflow,
  { node, line }: Step,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const password = yaml.at(node, "with", "password");
  const wanted = secretNames.map((name) => `secrets.${name} || ${fallback}`);
  if (!wanted.includes(soleExpression(textOf(password)) ?? "")) {
    const must = `log in first with exactly ${wanted.join(", or ")} as the password`;
    yield { line: password ? lineOf(password) : line, must };
  }
  if ((textOf(yaml.at(node, "with", "username")) ?? "").trim() === "")
    yield { line, must: "log in with a username" };
}

function* judgeFurtherLogin(
  { yaml, lineOf }: Workflow,
  first: Step,
  { node, line }: Step,
): Iterable<WorkflowFinding> {
  const password = yaml.at(node, "with", "password");
  if (soleExpression(textOf(password)) !== fallback) {
    const must = `use ${fallback} as the password of any further login`;
    yield { line: password ? lineOf(password) : line, must };
  }
  const condition = textOf(yaml.at(node, "if")) ?? "";
  const id = textOf(yaml.at(first.node, "id"));
  const failed = `steps.${id}.outcome == 'failure'`;
  if (id === undefined || (soleExpression(condition) ?? normalised(condition)) !== failed)
    yield { line, must: "log in once more only if the first login failed, by its outcome" };
}

function* judgeCall(
  { yaml }: Workflow,
  { node, line }: Job,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const passed = secretNames.some(
    (name) => soleExpression(textOf(yaml.at(node, "secrets", name))) === `secrets.${name}`,
  );
  if (!passed)
    yield { line, must: `hand ${secretNames.join(" or ")} to the workflow that it calls` };
}

/** The steps of a job that log in to ghcr.io, in the order they run. */
function loginsOf(workflow: Workflow, { steps, node }: Job): Step[] {
  return steps.filter((step) => {
    if (!runsAction(step, "docker/login-action")) return false;
    const registry = textOf(workflow.yaml.at(step.node, "with", "registry")) ?? "";
    return resolveEnv(workflow, [step.node, node], registry).includes("ghcr.io");
  });
}

/** People often write the registry once, in `env`. */
function resolveEnv({ yaml, root }: Workflow, places: readonly unknown[], text: string): string {
  const name = /^env\.(\w+)$/.exec(soleExpression(text) ?? "")?.[1];
  if (name === undefined) return text.toLowerCase();
  const values = [...places, root].map((place) => textOf(yaml.at(place, "env", name)));
  return (values.find((value) => value !== undefined) ?? "").toLowerCase();
}
