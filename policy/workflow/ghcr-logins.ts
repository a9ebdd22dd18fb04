import { possibleValues } from "./possible-values.ts";
import { inputOf, variableOf } from "./step-input.ts";
import { runsAction } from "./language/uses.ts";
import type { Job, Step, Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

export const loginAction = "docker/login-action";

/**
 * The steps of a job that log in to ghcr.io with docker/login-action, in their order. If none does so
 * for certain, those that may, because their registry is only known in the run.
 */
export function actionLogins(workflow: Workflow, job: Job): Step[] {
  const registries = job.steps
    .filter((step) => runsAction(step, loginAction))
    .map((step) => {
      const registry = inputOf(workflow, step, "registry") ?? "";
      return { step, ...possibleValues(workflow, job, step, registry) };
    });
  const sure = registries.filter(({ values }) => values.some(isGhcr));
  return (sure.length > 0 ? sure : registries.filter(({ open }) => open)).map(({ step }) => step);
}

/** Whether a login may also be to other registries than ghcr.io, such as those of a matrix. */
export function servesOthers(workflow: Workflow, job: Job, step: Step): boolean {
  const registry = inputOf(workflow, step, "registry") ?? "";
  const { values, open } = possibleValues(workflow, job, step, registry);
  return open || values.some((value) => !isGhcr(value));
}

/**
 * The inputs with which a step lets another action log in to a registry; empty if the registry is not
 * ghcr.io. An action of the repository itself is judged in its own file.
 */
export function foreignLogin(workflow: Workflow, job: Job, step: Step): readonly string[] {
  if (!step.uses || runsAction(step, loginAction) || /^[.$]\//.test(step.uses.value)) return [];
  const { yaml } = workflow;
  const inputs = yaml.entries(yaml.at(step.node, "with"));
  const credentials = inputs.filter(({ key }) => /(?:password|token)$/i.test(key));
  if (credentials.length === 0) return [];
  // With a registry's password, the image's name shows which registry.
  const anyInput = credentials.some(({ key }) => /registry|ghcr/i.test(key));
  const isToGhcr = inputs
    .filter(({ key }) => anyInput || /registry|server/i.test(key))
    .some(({ value }) => {
      const { values } = possibleValues(workflow, job, step, textOf(value) ?? "");
      return values.some(isGhcr);
    });
  return isToGhcr ? credentials.map(({ value }) => textOf(value) ?? "") : [];
}

const clients = [
  ...["docker", "podman", "nerdctl", "finch", "buildah", "skopeo", "oras", "crane", "ko", "helm"],
  ...["regctl", "cosign", "notation", "werf", "apptainer", "singularity"],
];
const loginCommand = new RegExp(`\\b(?:${clients.join("|")})\\b.*\\blogin\\b`);

/** The file in which clients store their logins, and which kaniko gets. */
const writtenLogin = /\bauths\b[^}]*\bghcr\.io\b/i;

/** Lines that only mention a command: comments, and texts that are printed and not piped. */
const mentions =
  /^\s*#.*|\b(?:echo|printf)\s+(?:-\w+\s+)*(?:"(?:[^"$`]|\$(?!\())*"|'[^']*')(?![^\n]*\|)/gm;

/** Whether a script has a command that logs in to ghcr.io, by name or by a variable. */
export function logsInByScript(workflow: Workflow, job: Job, { node, run }: Step): boolean {
  const whole = joinedLines(run?.value);
  if (writtenLogin.test(whole)) return true;
  const script = whole.replaceAll(mentions, "");
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

/** The texts from which a script can get a credential: itself, and the variables that it mentions. */
export function textsInReach(workflow: Workflow, job: Job, { node, run }: Step): string[] {
  const script = run?.value ?? "";
  const scopes = [node, job.node, workflow.root];
  const variables = [...new Set(script.match(/\w+/g))].map((name) =>
    variableOf(workflow, scopes, name),
  );
  return [script, ...variables.filter((value) => value !== undefined)];
}

/** A script in which each command that continues after a backslash is on one line. */
export function joinedLines(script = ""): string {
  return script.replaceAll(/\\\r?\n/g, " ");
}

export function isGhcr(text = ""): boolean {
  return /\bghcr\.io\b/i.test(text);
}
