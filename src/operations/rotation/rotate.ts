import { tokensPage } from "../../account.ts";
import { UserError } from "../../user-error.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { isNextToken, provable, type Rotation } from "./credential-step.ts";
import { fallBack, promote, replaceDead, spread, withdraw } from "./give-pat.ts";
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
 * GitHub no longer accepts leaves no repository without a valid one that the configuration has.
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
  const isUnfinished = nextPat !== undefined;
  if (isUnfinished && (await effects.isAlive(nextPat))) {
    throw new UserError(
      `a rotation of ${name} is not finished: continue it with \`ghcr-fleet rotate ${name} --resume\`, or undo it with --abort`,
    );
  }
  await effects.assertReady(candidate);
  const isOldAlive = await effects.isAlive(previousPat);
  const declined = () => rotation.progress.end("declined");
  if (isUnfinished && nextPat === pat && isOldAlive) {
    if (!(await effects.confirm("restart"))) return declined();
    report(rotation, "note", deadNext);
    const end = await fallBack(run);
    // A person may give the old PAT itself.
    if (end || candidate === previousPat) return end ?? rotation.progress.end("done");
    await effects.assertUnshadowed();
  } else if (!(await effects.isAlive(pat))) {
    return (await effects.confirm("all")) ? replaceDead(run, candidate) : declined();
  } else {
    if (isOldAlive) report(rotation, "warning", forgotten(rotation));
    // A trial that is not finished has secrets of its own.
    if (!isUnfinished) await effects.assertUnshadowed();
    if (!(await effects.confirm("trial"))) return declined();
  }
  await effects.store("nextPat", candidate);
  const isBehind = isUnfinished || previousPat !== undefined;
  return (await tryOut(run, isBehind)) ?? promote(run);
}

const deadNext =
  "GitHub no longer accepts the new PAT: repositories that have it get the old one back";

/** The configuration stores one previous PAT: `--revoke-only` cannot revoke the one before it. */
function forgotten({ fleet }: Rotation): string {
  const page = tokensPage(fleet.host);
  return `the PAT that the last rotation replaced is still valid, and the stack now forgets it: its owner can delete it at ${page}`;
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
      `no rotation of ${name} has started: give a new PAT to \`ghcr-fleet rotate\``,
    );
  }
  const isTrial = nextPat !== undefined && nextPat !== pat;
  const [next, old] = isTrial ? [nextPat, pat] : [pat, previousPat];
  const isOldAlive = await effects.isAlive(old);
  if (!(await effects.isAlive(next))) {
    if (!isOldAlive) throw allDead(name);
    if (!(await effects.confirm("withdrawal"))) return progress.end("declined");
    report(rotation, "warning", deadNext);
    const end = await (isTrial ? withdraw(run) : fallBack(run));
    return end ?? progress.end("failed", "withdrawn", [deadNext]);
  }
  if (isTrial && !isOldAlive) {
    return (await effects.confirm("all")) ? replaceDead(run, nextPat) : progress.end("declined");
  }
  if (!(await effects.confirm(isTrial ? "trial" : "spread"))) return progress.end("declined");
  return isTrial ? ((await tryOut(run, true)) ?? promote(run)) : spread(run);
}

async function abort(run: RotationRun): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const { pat, nextPat, previousPat } = rotation.pats;
  const { name } = rotation.context.stack;
  const isTrial = nextPat !== undefined && nextPat !== pat;
  const isOldAlive = await effects.isAlive(isTrial ? pat : previousPat);
  // Where it was undone already, only the stack's PAT can show that it was not finished.
  const isUnfinished = nextPat !== undefined || (isOldAlive && !(await effects.isAlive(pat)));
  if (!isUnfinished) {
    throw new UserError(
      `no rotation has started. If one was being undone, \`ghcr-fleet rollout ${name}\` gives every repository the stack's PAT`,
    );
  }
  if (!isOldAlive) {
    if (!(await effects.isAlive(nextPat))) throw allDead(name);
    throw new UserError(
      "GitHub no longer accepts the old PAT, or it cannot be read, so nobody can get it back: finish with --resume",
    );
  }
  if (!(await effects.confirm("withdrawal"))) return rotation.progress.end("declined");
  const end = await (isTrial ? withdraw(run) : fallBack(run));
  return end ?? rotation.progress.end("done");
}

function allDead(name: string): UserError {
  return new UserError(
    `GitHub accepts neither the new PAT nor the old one: create another one and give it to \`ghcr-fleet rotate ${name}\``,
  );
}

/**
 * The first wave gets the new PAT and has to publish with it; if it does not, it gets the old one back.
 *
 * @param isBehind an earlier rotation may have left other repositories with a PAT that is invalid by now:
 *   they get the stack's
 */
async function tryOut(run: RotationRun, isBehind: boolean): Promise<RolloutEnd | undefined> {
  const { rotation, effects } = run;
  const names = rotation.canary.map(({ name }) => name);
  const end = await effects.step({
    name: "trial",
    applies: (change) => {
      if (isBehind && change.operation !== "delete") return true;
      const { repository } = change;
      return repository === undefined ? isNextToken(change) : names.includes(repository);
    },
    proves: () => names,
  });
  if (end?.outcome !== "refused" && end?.outcome !== "unhealthy") {
    return end ?? endUnproven(rotation, names);
  }
  if (!(await effects.isAlive(rotation.pats.pat))) {
    const why = "the trial failed, and GitHub no longer accepts the old PAT: nothing is undone";
    return { ...end, reasons: [...end.reasons, why] };
  }
  if (end.outcome === "refused") return (await withdraw(run)) ?? end;
  const why = "the trial failed: its repositories get the old PAT back";
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
