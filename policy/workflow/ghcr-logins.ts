import { possibleValues } from "./possible-values.ts";
import { inputOf, variableOf } from "./step-input.ts";
import { runsAction } from "./uses.ts";
import type { Job, Step, Workflow } from "./workflow.ts";
import { textOf } from "./yaml-nodes.ts";

export const loginAction = "docker/login-action";

/**
 * The steps of a job that log in to ghcr.io with docker/login-action, in the order they run; where none
 * surely does, those that may, because their registry is known in the run only.
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

/** Whether a login may be to other registries than ghcr.io too, such as those of a matrix. */
export function servesOthers(workflow: Workflow, job: Job, step: Step): boolean {
  const registry = inputOf(workflow, step, "registry") ?? "";
  const { values, open } = possibleValues(workflow, job, step, registry);
  return open || values.some((value) => !isGhcr(value));
}

/**
 * What a step gives another action to log in to a registry with; empty where the registry is not
 * ghcr.io. An action of the repository itself is judged where its own file is.
 */
export function foreignLogin(workflow: Workflow, job: Job, step: Step): readonly string[] {
  if (!step.uses || runsAction(step, loginAction) || /^[.$]\//.test(step.uses.value)) return [];
  const { yaml } = workflow;
  const inputs = yaml.entries(yaml.at(step.node, "with"));
  const credentials = inputs.filter(({ key }) => /(?:password|token)$/i.test(key));
  if (credentials.length === 0) return [];
  // With a registry's password, the name of an image says which registry.
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

/** The file that clients keep their logins in, and kaniko is given. */
const writtenLogin = /\bauths\b[^}]*\bghcr\.io\b/i;

/** Lines that only mention a command: a comment, and a text that is printed and not piped. */
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

/** The texts that a script can take a credential from: itself, and the variables it mentions. */
export function textsInReach(workflow: Workflow, job: Job, { node, run }: Step): string[] {
  const script = run?.value ?? "";
  const scopes = [node, job.node, workflow.root];
  const variables = [...new Set(script.match(/\w+/g))].map((name) =>
    variableOf(workflow, scopes, name),
  );
  return [script, ...variables.filter((value) => value !== undefined)];
}

/** A script with each command that goes on after a backslash on one line. */
export function joinedLines(script = ""): string {
  return script.replaceAll(/\\\r?\n/g, " ");
}

export function isGhcr(text = ""): boolean {
  return /\bghcr\.io\b/i.test(text);
}
