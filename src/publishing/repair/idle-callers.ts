import { actionInput, conditionsOf, isFalse, treeOf, type Value } from "../read/conditions.ts";
import type { Login } from "../read/logins.ts";
import { isKnown, possibleValues, type ReadContext } from "../read/possible-values.ts";
import type { Push } from "../read/pushes.ts";
import { inputOf, type Job, type Step } from "../read/repository.ts";
import { textOf } from "../read/yaml-reader.ts";

/**
 * Whether a workflow that a job calls does not log in for it, or pushes nothing: the inputs that the job
 * gives turn that off, as with `push: false`.
 */
export function isIdleFor(
  around: ReadContext,
  caller: Job,
  { step }: Login,
  pushes: readonly Push[],
): boolean {
  const ofWorkflow = (name: string) => workflowInput(around, caller, step.job, name);
  const isOff = (condition: string, place?: Step) =>
    isFalse(treeOf(condition), ([context, name, ...rest]) => {
      if (context !== "inputs" || name === undefined || rest.length > 0) return undefined;
      return place?.caller ? actionInput(place, name, ofWorkflow) : ofWorkflow(name);
    });
  const ofJob = textOf(step.job.file.yaml.at(step.job.node, "if"));
  if (ofJob !== undefined && isOff(ofJob)) return true;
  if (conditionsOf(step).some((each) => isOff(each.text, each.step))) return true;
  return (
    pushes.length > 0 &&
    pushes.every((push) => push.condition !== undefined && isOff(push.condition, push.step))
  );
}

/** What an input of a called workflow is for a caller; `undefined` where that is not known. */
function workflowInput(
  around: ReadContext,
  caller: Job,
  callee: Job,
  name: string,
): Value | undefined {
  const { yaml, root } = callee.file;
  const declared = yaml.at(root, "on", "workflow_call", "inputs", name);
  if (!declared) return undefined;
  const isBoolean = textOf(yaml.at(declared, "type")) === "boolean";
  const given = textOf(inputOf(caller, name));
  const preset = textOf(yaml.at(declared, "default")) ?? (isBoolean ? "false" : "");
  const [only, ...others] = given === undefined ? [preset] : possibleValues(around, caller, given);
  return only !== undefined && others.length === 0 && isKnown(only)
    ? { text: only, isBoolean }
    : undefined;
}
