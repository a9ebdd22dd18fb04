import type { Node } from "yaml";
import { expressionsIn, normalised, soleExpression } from "./language/expressions.ts";
import { textOf } from "./language/yaml-nodes.ts";
import { actionLogins, foreignLogin, logsInByScript, textsOfLogins } from "./ghcr-logins.ts";
import { declaredSecrets, loginJobsOf } from "./publishers.ts";
import { inputOf } from "./step-input.ts";
import type { Job, Step, Workflow } from "./workflow.ts";

/**
 * The secret of a called workflow, or the input of an action, that an expression consists of, if nobody but the
 * callers gives it: then they are judged by what they give.
 */
export function givenName(workflow: Workflow, expression: string): string | undefined {
  const { kind, yaml, root, triggers } = workflow;
  const [, context, name = ""] =
    /^(secrets|inputs)\.([\w-]+)(?: \|\| (?:secrets\.github_token|github\.token))?$/i.exec(
      normalised(expression),
    ) ?? [];
  const isAction = kind === "action";
  if (context?.toLowerCase() !== (isAction ? "inputs" : "secrets")) return undefined;
  // Whatever else starts a workflow gives it the secrets of the repository.
  if (!isAction && [...triggers.keys()].some((event) => event !== "workflow_call"))
    return undefined;
  const inputs = yaml.entries(yaml.at(root, "inputs"));
  // Another default is a password of the action itself.
  const isOpen = ({ value }: { value: Node | undefined }) => {
    const preset = textOf(yaml.at(value, "default")) ?? "";
    return preset === "" || ownToken.test(soleExpression(preset) ?? "");
  };
  const declared = isAction
    ? inputs.filter(isOpen).map(({ key }) => key)
    : declaredSecrets(workflow);
  return declared.find((each) => each.toLowerCase() === name.toLowerCase());
}

const ownToken = /^(?:secrets\.github_token|github\.token)$/i;

/** Whether an expression takes the job's token where its callers give nothing: `secrets.token || github.token`. */
export function fallsBack(expression: string): boolean {
  return /\|\| (?:secrets\.github_token|github\.token)$/i.test(normalised(expression));
}

/** The inputs of an action that its callers need not give. */
export function presetInputs({ kind, yaml, root }: Workflow): string[] {
  const inputs = kind === "action" ? yaml.entries(yaml.at(root, "inputs")) : [];
  return inputs.filter(({ value }) => textOf(yaml.at(value, "default"))).map(({ key }) => key);
}

/** What the logins of the jobs that publish take as their passwords. */
export interface Passwords {
  /** Secrets or inputs that the callers give. */
  readonly given: readonly string[];
  /** Those in whose place the job's token stands where a caller gives nothing. */
  readonly preset: readonly string[];
  /** Whether any password comes from elsewhere. */
  readonly hasOwn: boolean;
}

export function passwordsOf(workflow: Workflow): Passwords {
  const jobs = loginJobsOf(workflow);
  const written = jobs.flatMap((job) =>
    actionLogins(workflow, job).map((step) => soleExpression(inputOf(workflow, step, "password"))),
  );
  const ofActions = written.map((text = "") => givenName(workflow, text));
  const ofOthers = jobs.flatMap((job) => {
    const others = job.steps.filter(
      (step) => logsInByScript(workflow, job, step) || foreignLogin(workflow, job, step).length > 0,
    );
    return others.map((step) => givenToScript(workflow, job, step));
  });
  const names = [...ofActions, ...ofOthers];
  const given = names.filter((name) => name !== undefined);
  const preset = ofActions.filter(
    (name, index) => name !== undefined && fallsBack(written[index] ?? ""),
  );
  return {
    given: [...new Set(given)],
    preset: preset.filter((name) => name !== undefined),
    hasOwn: given.length < names.length,
  };
}

/** The input or secret with which a script logs in. */
export function givenToScript(workflow: Workflow, job: Job, step: Step): string | undefined {
  return textsOfLogins(workflow, job, step)
    .flatMap(expressionsIn)
    .map((expression) => givenName(workflow, expression))
    .find((name) => name !== undefined && /pass|token|secret|pat$|cred/i.test(name));
}
