import type { PublicationStep } from "../publication.ts";
import { matchesShown } from "../shown-name.ts";
import type { Login } from "./logins.ts";
import { spoken, type Push } from "./pushes.ts";
import type { Job, Step } from "./repository.ts";
import { callersOf, conditionOf, switchOf } from "./starts.ts";
import { textOf } from "./yaml-reader.ts";

/** The steps of a job that log in or push, as its runs show them: composite actions as one step. */
export function shownSteps(
  job: Job,
  logins: readonly Login[],
  pushes: readonly Push[],
): PublicationStep[] {
  const all = [
    ...new Map(job.steps.map((step) => [outermost(step).node, outermost(step)])).values(),
  ];
  const named = all.map((step) => ({ step, name: nameOf(step) }));
  const byName = new Map<string, PublicationStep>();
  const add = ({ step }: Login | Push, does: PublicationStep["does"]) => {
    const name = nameOf(outermost(step));
    byName.set(`${does} ${name}`, { name, does });
  };
  for (const login of logins) add(login, "login");
  for (const push of pushes) add(push, "push");
  return [...byName.values()].map((shown) => {
    if (shown.does === "login") return shown;
    const alike = named.filter(({ name }) => overlap(name, shown.name)).map(({ step }) => step);
    // Each step of that name has to be one whose success is a push.
    const proofs = alike.map((step) =>
      proofOf(pushes.filter((push) => outermost(push.step) === step)),
    );
    const proves = proofs.every((proof) => proof !== undefined)
      ? [...new Set(proofs.flat())]
      : undefined;
    return proves ? { ...shown, proves } : shown;
  });
}

/**
 * Its own name, or "Run" and what it uses or the first line of its script.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs
 */
function nameOf({ file, node, run }: Step): string {
  const [name, uses] = ["name", "uses"].map((key) => textOf(file.yaml.at(node, key)));
  const firstLine = (text: string) => text.trim().split(/\r?\n/)[0] ?? "";
  return name === undefined ? `Run ${firstLine(uses ?? run?.value ?? "")}` : firstLine(name);
}

function outermost(step: Step): Step {
  return callersOf(step)[0] ?? step;
}

function overlap(one: string, other: string): boolean {
  return matchesShown(one, other) || matchesShown(other, one);
}

/** What has to hold so that one of these pushes, of one step, follows from its success. */
function proofOf(pushes: readonly Push[]): readonly string[] | undefined {
  const proofs = pushes.map((push) => (isCertain(push) ? conditionsOf(push) : undefined));
  const known = proofs.filter((proof) => proof !== undefined);
  return known.find((proof) => proof.length === 0) ?? known[0];
}

/** The step's own condition is none of them: a run shows whether it was skipped. */
function conditionsOf({ step, condition }: Push): string[] {
  const inner = [...callersOf(step), step].slice(1).map(conditionOf);
  const own = condition === undefined ? undefined : switchOf(condition);
  return [...inner, own].filter((each) => each !== undefined);
}

/** Whether nothing but its conditions is between the step's success and the push. */
function isCertain({ step, sure, builder }: Push): boolean {
  const steps = [...callersOf(step), step];
  if (!sure || builder === "script" || steps.some(mayFail)) return false;
  const script = step.run?.value.replaceAll(spoken, "") ?? "";
  // nick-fields/retry asks only how the last line ended.
  const isRetried = step.run && textOf(step.file.yaml.at(step.node, "uses")) !== undefined;
  if (isRetried && script.trim().includes("\n")) return false;
  const shell = textOf(step.file.yaml.at(step.node, "shell")) ?? "bash";
  return !branching.test(script) && /^(?:ba)?sh$/.test(shell);
}

/** GitHub shows a step that failed and may fail as one that succeeded. */
function mayFail({ file, node }: Step): boolean {
  const own = textOf(file.yaml.at(node, "continue-on-error"));
  // An input of nick-fields/retry.
  const ofRetries = textOf(file.yaml.at(node, "with", "continue_on_error"));
  return [own, ofRetries].some((text) => text !== undefined && text !== "false");
}

/** What lets a script succeed without one of its commands. */
const branching = /(?:^|[\s;&|({])(?:if|case|while|until|exit|return|trap)\b|\|\||\bset \+e\b/;
