import type { WorkflowRule } from "../rule.ts";
import type { WorkflowFinding } from "../workflow/workflow-finding.ts";
import { secretNamesSchema, type SecretNames } from "../config/secret-names.ts";
import { demandsFailureOf, soleExpression } from "../workflow/expressions.ts";
import { mayWritePackages } from "../workflow/may-write-packages.ts";
import { possibleValues } from "../workflow/possible-values.ts";
import { inputOf, variableOf } from "../workflow/step-input.ts";
import { runsAction } from "../workflow/uses.ts";
import type { Job, Step, Workflow } from "../workflow/workflow.ts";
import { textOf } from "../workflow/yaml-nodes.ts";

const fallback = "secrets.GITHUB_TOKEN";
const action = "docker/login-action";

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
  sees: "Files that the fleet manages, and ci.yml and release.yml that publish to ghcr.io. A job that calls a reusable workflow, and may write packages, must hand over the secret; what happens there is judged where that file is.",
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge(workflow, { secretNames }) {
    const { role, managed, jobs } = workflow;
    if (role === "other" && !managed) return;
    for (const job of jobs) yield* judgeJob(workflow, job, secretNames);
    if (role === "other") return;
    const publishers = jobs.filter((job) => publishes(workflow, job));
    // A call whose token may not write packages publishes nothing, unless nothing else does.
    const asked = (publishers.length > 0 ? publishers : jobs).filter(({ uses }) => uses);
    for (const job of asked) yield* judgeCall(workflow, job, secretNames);
    if (publishers.length === 0 && asked.length === 0)
      yield { line: 1, must: "log in to ghcr.io before it pushes" };
  },
};

function* judgeJob(
  workflow: Workflow,
  job: Job,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  for (const step of job.steps) {
    if (logsInByScript(workflow, job, step))
      yield {
        line: step.line,
        must: "log in to ghcr.io with docker/login-action, not in a script",
      };
    if (logsInByAction(workflow, job, step))
      yield {
        line: step.line,
        must: "log in to ghcr.io with docker/login-action, and with no other action",
      };
    if (runsAction(step, action) && isGhcr(inputOf(workflow, step, "registry-auth")))
      yield { line: step.line, must: "log in to ghcr.io with registry, not with registry-auth" };
  }
  const [first, ...further] = loginsOf(workflow, job);
  if (!first) return;
  yield* judgeFirstLogin(workflow, first, secretNames);
  if (further.length > 0 && !goesOn(workflow, first))
    yield {
      line: first.line,
      must: "have continue-on-error: true at the first login, or no other login is ever reached",
    };
  for (const login of further) yield* judgeFurtherLogin(workflow, first, login);
}

/** Whether a job logs in, however it does, or calls a workflow that may. */
function publishes(workflow: Workflow, job: Job): boolean {
  const { yaml, root } = workflow;
  if (job.uses) return mayWritePackages(yaml, root, job.node);
  const goesAround = (step: Step) =>
    logsInByScript(workflow, job, step) || logsInByAction(workflow, job, step);
  return loginsOf(workflow, job).length > 0 || job.steps.some(goesAround);
}

function* judgeFirstLogin(
  workflow: Workflow,
  step: Step,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const password = inputOf(workflow, step, "password");
  const wanted = secretNames.map((name) => `secrets.${name} || ${fallback}`);
  if (!wanted.includes(soleExpression(password) ?? "")) {
    const must = `log in first with exactly ${wanted.join(", or ")} as the password`;
    yield { line: lineOfInput(workflow, step, "password"), must };
  }
  yield* judgeUsername(workflow, step);
}

function* judgeUsername(workflow: Workflow, step: Step): Iterable<WorkflowFinding> {
  const username = (inputOf(workflow, step, "username") ?? "").trim();
  if (username === "" || soleExpression(username) === "''")
    yield { line: step.line, must: "log in with a username" };
}

function* judgeFurtherLogin(
  workflow: Workflow,
  first: Step,
  step: Step,
): Iterable<WorkflowFinding> {
  const { yaml } = workflow;
  if (soleExpression(inputOf(workflow, step, "password")) !== fallback) {
    const must = `use ${fallback} as the password of any further login`;
    yield { line: lineOfInput(workflow, step, "password"), must };
  }
  yield* judgeUsername(workflow, step);
  const condition = textOf(yaml.at(step.node, "if")) ?? "";
  const id = textOf(yaml.at(first.node, "id"));
  if (id === undefined || !demandsFailureOf(id, soleExpression(condition) ?? condition))
    yield {
      line: step.line,
      must: "log in once more only if the first login failed, by its outcome",
    };
}

function goesOn({ yaml }: Workflow, { node }: Step): boolean {
  const said = textOf(yaml.at(node, "continue-on-error")) ?? "false";
  return said !== "false";
}

function lineOfInput({ yaml, lineOf }: Workflow, { node, line }: Step, name: string): number {
  const input = yaml.find(yaml.at(node, "with"), name);
  return input ? lineOf(input) : line;
}

function* judgeCall(
  { yaml }: Workflow,
  { node, line }: Job,
  secretNames: readonly string[],
): Iterable<WorkflowFinding> {
  const passed = secretNames.some(
    (name) =>
      soleExpression(textOf(yaml.find(yaml.at(node, "secrets"), name))) === `secrets.${name}`,
  );
  if (!passed)
    yield { line, must: `hand ${secretNames.join(" or ")} to the workflow that it calls` };
}

/**
 * The steps of a job that log in to ghcr.io, in the order they run; where none surely does, those that
 * may, because what they log in to is known in the run only.
 */
function loginsOf(workflow: Workflow, job: Job): Step[] {
  const registries = job.steps
    .filter((step) => runsAction(step, action))
    .map((step) => {
      const registry = inputOf(workflow, step, "registry") ?? "";
      return { step, ...possibleValues(workflow, job, step, registry) };
    });
  const sure = registries.filter(({ values }) => values.some(isGhcr));
  return (sure.length > 0 ? sure : registries.filter(({ open }) => open)).map(({ step }) => step);
}

/** Whether a step gives another action a registry and what to log in to it with. */
function logsInByAction(workflow: Workflow, job: Job, step: Step): boolean {
  if (!step.uses || runsAction(step, action)) return false;
  const { yaml } = workflow;
  const inputs = yaml.entries(yaml.at(step.node, "with"));
  const credentials = inputs.filter(({ key }) => /(?:password|token)$/i.test(key));
  if (credentials.length === 0) return false;
  // With a registry's password, the name of an image says which registry.
  const anyInput = credentials.some(({ key }) => /registry|ghcr/i.test(key));
  return inputs
    .filter(({ key }) => anyInput || /registry|server/i.test(key))
    .some(({ value }) => {
      const { values } = possibleValues(workflow, job, step, textOf(value) ?? "");
      return values.some(isGhcr);
    });
}

const clients = [
  ...["docker", "podman", "nerdctl", "finch", "buildah", "skopeo", "oras", "crane", "ko", "helm"],
  ...["regctl", "cosign", "notation", "werf", "apptainer", "singularity"],
];
const loginCommand = new RegExp(`\\b(?:${clients.join("|")})\\b.*\\blogin\\b`);

/** The file that clients keep their logins in, and kaniko is given. */
const writtenLogin = /\bauths\b[^}]*\bghcr\.io\b/i;

/** Lines that only speak of a command: a comment, and a text that is printed and goes nowhere else. */
const spoken =
  /^\s*#.*|\b(?:echo|printf)\s+(?:-\w+\s+)*(?:"(?:[^"$`]|\$(?!\())*"|'[^']*')(?![^\n]*\|)/gm;

/** Whether a script has a command that logs in to ghcr.io, by name or by a variable. */
function logsInByScript(workflow: Workflow, job: Job, { node, run }: Step): boolean {
  const whole = (run?.value ?? "").replaceAll(/\\\r?\n/g, " ");
  if (writtenLogin.test(whole)) return true;
  const script = whole.replaceAll(spoken, "");
  const scopes = [node, job.node, workflow.root];
  const assigned = new Map(
    [...script.matchAll(/\b(\w+)=(\S+)/g)].map(([, name = "", value]) => [name, value]),
  );
  return script
    .split("\n")
    .filter((line) => loginCommand.test(line))
    .some((line) => {
      const variables = [...new Set(line.match(/\w+/g))];
      return (
        isGhcr(line) ||
        variables.some((name) => isGhcr(assigned.get(name) ?? variableOf(workflow, scopes, name)))
      );
    });
}

function isGhcr(text = ""): boolean {
  return /\bghcr\.io\b/i.test(text);
}
