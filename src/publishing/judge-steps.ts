import type { PublicationStep } from "./publication.ts";
import { matchesShown } from "./shown-name.ts";
import { holdsFor } from "./started-by.ts";

/** What the steps of a job's run say about its push. */
export type StepsVerdict = "pushed" | "skipped" | "unclear";

/**
 * @param steps those of the publication
 * @param shown those of the run
 * @param start what started the run: its event, and the branch as "refs/heads/main"
 */
export function judgeSteps(
  steps: readonly PublicationStep[],
  shown: readonly { readonly name: string; readonly conclusion: string | undefined }[],
  { event, ref }: { readonly event: string; readonly ref: string },
): StepsVerdict {
  const conclusionsOf = ({ name }: PublicationStep) =>
    shown.filter((each) => matchesShown(name, each.name)).map(({ conclusion }) => conclusion);
  const isSkipped = (step: PublicationStep) => {
    const conclusions = conclusionsOf(step);
    return conclusions.length > 0 && conclusions.every((each) => each === "skipped");
  };
  const logins = steps.filter(({ does }) => does === "login");
  const pushes = steps.filter(({ does }) => does === "push");
  const areSkipped = (some: readonly PublicationStep[]) => some.length > 0 && some.every(isSkipped);
  if (areSkipped(logins) || areSkipped(pushes)) return "skipped";
  const isPushed = pushes.some(
    (step) =>
      step.proves?.every((each) => holdsFor(each, event, ref) === true) &&
      conclusionsOf(step).includes("success"),
  );
  return isPushed ? "pushed" : "unclear";
}

/** Whether a run shows this job: "image (api)" of a matrix, "caller / image" of a called workflow. */
export function isShownAs(names: readonly string[], shown: string): boolean {
  return names.some((name) =>
    [shown, ...shown.split(" / ")].some((part) => part === name || part.startsWith(`${name} (`)),
  );
}
