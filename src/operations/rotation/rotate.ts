import { isNextTokenUrn } from "../../stack/engine-change.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { patPlaceOf, rotateCommand } from "../../pat/rotate-command.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { provable, type Rotation } from "./credential-step.ts";
import {
  fallBack,
  getBack,
  giveUp,
  promote,
  replaceDead,
  spread,
  warnOfForgotten,
  withdraw,
} from "./give-pat.ts";
import {
  report,
  rotationEffects,
  type RotationEffects,
  type RotationRun,
} from "./rotation-effects.ts";

export type RotationRequest =
  | { readonly kind: "begin"; readonly pat: string }
  | { readonly kind: "resume" }
  | { readonly kind: "abort" };

/**
 * Gives the fleet another PAT while every repository can publish all the time. The first wave tries the
 * PAT, in repository secrets that hide the organisation's secret; when it has published, all repositories
 * get the PAT; then these secrets are deleted.
 *
 * Each step is written to the stack's configuration before it is applied, so that `resume` finds where a
 * rotation stopped: `nextPat` is set during the trial, and equal to `pat` once the trial is over. A PAT that
 * GitHub no longer accepts, or that lost its rights, leaves no repository without a valid one that the configuration
 * has.
 *
 * @throws {UserError} the new PAT is refused, or there is nothing to resume or abort
 */
export async function rotate(
  rotation: Rotation,
  request: RotationRequest,
  effects: RotationEffects = rotationEffects(rotation),
): Promise<RolloutEnd> {
  const run = { rotation, effects };
  switch (request.kind) {
    case "begin":
      return begin(run, request.pat);
    case "resume":
      return resume(run);
    case "abort":
      return abort(run);
  }
}

async function begin(run: RotationRun, candidate: string): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const { name } = rotation.context.stack;
  const { pat, nextPat, previousPat } = rotation.pats;
  const lost = nextPat === undefined ? undefined : await effects.problemOf("new", nextPat);
  if (nextPat !== undefined && lost === undefined) {
    throw new UserError(
      `a rotation of ${name} is not finished: continue it with \`ghcr-fleet rotate ${name} --resume\`, or undo it with --abort`,
    );
  }
  if (candidate === pat) {
    throw new UsageError(
      "the stack already has this PAT: create a new one. " +
        `Repositories that do not have it yet get it with \`ghcr-fleet rollout ${name}\``,
    );
  }
  await effects.assertReady(candidate);
  if (lost !== undefined && nextPat === pat) {
    if ((await effects.problemOf("old", previousPat)) === undefined) {
      report(rotation, "note", `${lost}: ${getBack}`);
      return restart(run, candidate);
    }
  }
  if ((await effects.problemOf("old", pat)) !== undefined) {
    return (await effects.confirm("all"))
      ? replaceDead(run, candidate)
      : rotation.progress.end("declined");
  }
  // A trial that is not finished has secrets of its own.
  if (nextPat === undefined) await effects.assertUnshadowed();
  // Places that are used in turn have the new PAT where the one before was.
  if (previousPat !== candidate) await warnOfForgotten(run, previousPat);
  await warnOfForgotten(run, nextPat);
  if (!(await effects.confirm("trial"))) return rotation.progress.end("declined");
  const isBehind = nextPat !== undefined || previousPat !== undefined;
  return startTrial(run, candidate, isBehind);
}

/**
 * Some repositories have a PAT that must give way, and others the one before, which is valid: all get that, and then
 * the first wave tries another one.
 */
async function restart(run: RotationRun, candidate: string): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const { pat, previousPat } = rotation.pats;
  if (!(await effects.confirm("restart"))) return rotation.progress.end("declined");
  // A person may give the old PAT itself.
  if (candidate === previousPat) return (await giveUp(run)) ?? undone(run);
  const end = await fallBack(run);
  if (end) return end;
  if (candidate !== pat) await warnOfForgotten(run, pat);
  await effects.store("previousPat", undefined);
  await effects.assertUnshadowed();
  return startTrial(run, candidate, true);
}

async function startTrial(
  run: RotationRun,
  candidate: string,
  isBehind: boolean,
): Promise<RolloutEnd> {
  await run.effects.store("nextPat", candidate);
  return (await tryOut(run, isBehind)) ?? promote(run);
}

async function resume(run: RotationRun): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const { context, pats, progress } = rotation;
  const { pat, nextPat, previousPat } = pats;
  const { name } = context.stack;
  // Also one whose place cannot be read says that a rotation has started.
  const hasOld = previousPat !== undefined || context.stack.patSources.previousPat;
  if (nextPat === undefined && !hasOld) {
    throw new UserError(
      `no rotation of ${name} has started: give it a new PAT with \`${beginning(context.stack)}\``,
    );
  }
  const isTrial = nextPat !== undefined && nextPat !== pat;
  const [next, old] = isTrial ? [nextPat, pat] : [pat, previousPat];
  const isOldUsable = (await effects.problemOf("old", old)) === undefined;
  const lost = await effects.problemOf("new", next);
  if (lost !== undefined) {
    if (!isOldUsable) throw allUnusable(context.stack);
    if (!(await effects.confirm("withdrawal"))) return progress.end("declined");
    const why = `${lost}: ${getBack}`;
    report(rotation, "warning", why);
    const end = await (isTrial ? withdraw(run) : giveUp(run));
    return end ?? progress.end("failed", "withdrawn", [why]);
  }
  if (isTrial && !isOldUsable) {
    return (await effects.confirm("all")) ? replaceDead(run, nextPat) : progress.end("declined");
  }
  // After the trial, a person may have put another PAT where the stack reads the new one.
  if (nextPat !== undefined && !isTrial && isOldUsable && !(await effects.isInState(nextPat))) {
    await effects.assertReady(nextPat);
    report(
      rotation,
      "note",
      "the new PAT was replaced after its trial: the new one is tried first",
    );
    return restart(run, nextPat);
  }
  if (!(await effects.confirm(isTrial ? "trial" : "spread"))) return progress.end("declined");
  return isTrial ? ((await tryOut(run, true)) ?? promote(run)) : spread(run);
}

async function abort(run: RotationRun): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const { pat, nextPat, previousPat } = rotation.pats;
  const { name } = rotation.context.stack;
  const isTrial = nextPat !== undefined && nextPat !== pat;
  const isUsable = async (each: string | undefined) =>
    (await effects.problemOf("old", each)) === undefined;
  const isOldUsable = await isUsable(isTrial ? pat : previousPat);
  // Where it was undone already, only the stack's PAT can show that it was not finished.
  const isUnfinished = nextPat !== undefined || (isOldUsable && !(await isUsable(pat)));
  if (!isUnfinished) {
    throw new UserError(
      `no rotation of ${name} is unfinished, so there is nothing to undo. If one was being undone, \`ghcr-fleet rollout ${name}\` gives every repository the stack's PAT`,
    );
  }
  if (!isOldUsable) {
    if (!(await isUsable(nextPat))) throw allUnusable(rotation.context.stack);
    throw new UserError(
      "the old PAT is no longer valid, has lost rights, or cannot be read, so nobody can get it back: finish with --resume",
    );
  }
  if (!(await effects.confirm("withdrawal"))) return rotation.progress.end("declined");
  const end = await (isTrial ? withdraw(run) : giveUp(run));
  return end ?? undone(run);
}

function undone({ rotation }: RotationRun): RolloutEnd {
  return rotation.progress.end("done", "withdrawal");
}

function allUnusable(stack: OpenStack): UserError {
  return new UserError(
    `neither the new PAT nor the old one can publish any more: create another one and give it to the fleet with \`${beginning(stack)}\``,
  );
}

function beginning({ name, patSources }: OpenStack): string {
  return rotateCommand(name, patPlaceOf(patSources.pat));
}

/**
 * The first wave gets the new PAT and has to publish with it; if it does not, it gets the old one back.
 *
 * @param isBehind an earlier rotation may have left other repositories with a PAT that is invalid by now:
 *   they get the stack's; and the first wave may have secrets of a trial
 */
async function tryOut(run: RotationRun, isBehind: boolean): Promise<RolloutEnd | undefined> {
  const { rotation, effects } = run;
  const names = rotation.canary.map(({ name }) => name);
  const end = await effects.step({
    name: "trial",
    rereads: isBehind ? names : [],
    applies: (change) => {
      if (isBehind && change.operation !== "delete") return true;
      const { repository } = change;
      return repository === undefined ? isNextTokenUrn(change.urn) : names.includes(repository);
    },
    proves: () => names,
  });
  if (!end) return endUnproven(rotation, names);
  const isOver = end.outcome === "refused" || end.outcome === "unhealthy";
  const lost =
    end.outcome === "failed" ? await effects.problemOf("new", rotation.pats.nextPat) : undefined;
  if (!isOver && lost === undefined) return end;
  const oldProblem = await effects.problemOf("old", rotation.pats.pat);
  if (oldProblem !== undefined) {
    const why = `the trial failed, and ${oldProblem}: nothing is undone`;
    return { ...end, reasons: [...end.reasons, why] };
  }
  if (end.outcome === "refused") return (await withdraw(run)) ?? end;
  const why = `${lost ?? "the trial failed"}: its repositories get the old PAT back`;
  report(rotation, "warning", why);
  return (await withdraw(run)) ?? { ...end, reasons: [why] };
}

/** Where no repository of the trial showed that it publishes, a person decides whether to go on. */
function endUnproven(rotation: Rotation, names: readonly string[]): RolloutEnd | undefined {
  const { progress } = rotation;
  const proving = provable(rotation, names);
  if (proving.length === 0 || proving.some(progress.isHealthy)) return undefined;
  const why = `the trial proved nothing, so the fleet keeps the old PAT: nothing shows whether ${names.join(", ")} can publish with the new one`;
  const next =
    "name the images to verify in images, or check by hand and continue with --resume --no-health-gate";
  return progress.end("stopped", "trial", [why, next]);
}
