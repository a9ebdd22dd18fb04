import type { Node } from "yaml";
import { normalised, soleExpression } from "./language/expressions.ts";
import { textOf } from "./language/yaml-nodes.ts";
import { actionLogins, foreignLogin, logsInByScript } from "./ghcr-logins.ts";
import { declaredSecrets, publishersOf } from "./publishers.ts";
import { inputOf } from "./step-input.ts";
import type { Step, Workflow } from "./workflow.ts";

/**
 * The secret of a called workflow, or the input of an action, that an expression consists of, if nobody but the
 * callers gives it: then they are judged by what they give.
 */
export function givenName(workflow: Workflow, expression: string): string | undefined {
  const { kind, yaml, root, triggers } = workflow;
  const [, context, name = ""] = /^(secrets|inputs)\.([\w-]+)$/i.exec(normalised(expression)) ?? [];
  const isAction = kind === "action";
  if (context?.toLowerCase() !== (isAction ? "inputs" : "secrets")) return undefined;
  // Whatever else starts a workflow gives it the secrets of the repository.
  if (!isAction && [...triggers.keys()].some((event) => event !== "workflow_call"))
    return undefined;
  const inputs = yaml.entries(yaml.at(root, "inputs"));
  // A default is given by the action itself.
  const isOpen = ({ value }: { value: Node | undefined }) => !textOf(yaml.at(value, "default"));
  const declared = isAction
    ? inputs.filter(isOpen).map(({ key }) => key)
    : declaredSecrets(workflow);
  return declared.find((each) => each.toLowerCase() === name.toLowerCase());
}

/** What the logins of the jobs that publish take as their passwords. */
export interface Passwords {
  /** Secrets or inputs that the callers give. */
  readonly given: readonly string[];
  /** Whether any password comes from elsewhere. */
  readonly hasOwn: boolean;
}

export function passwordsOf(workflow: Workflow): Passwords {
  const names = publishersOf(workflow).flatMap((job) => {
    const logins = actionLogins(workflow, job);
    const ofActions = logins.map((step) => passwordName(workflow, step));
    const others = job.steps.filter(
      (step) => logsInByScript(workflow, job, step) || foreignLogin(workflow, job, step).length > 0,
    );
    return [...ofActions, ...others.map(() => undefined)];
  });
  const given = names.filter((name) => name !== undefined);
  return { given: [...new Set(given)], hasOwn: given.length < names.length };
}

function passwordName(workflow: Workflow, step: Step): string | undefined {
  return givenName(workflow, soleExpression(inputOf(workflow, step, "password")) ?? "");
}
