import { tokensPage } from "../../account.ts";
import { sharingSecret, type FleetRepository } from "../../fleet/fleet.ts";
import { failuresAllowed } from "../waves/progress.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { report, type RotationRun } from "./rotation-effects.ts";

/**
 * A trial ends, and its repositories get the stack's PAT back. Until they have it, the configuration has the
 * new one as the one before, so that `resume` finds what is left to do.
 */
export async function withdraw(run: RotationRun): Promise<RolloutEnd | undefined> {
  const { rotation, effects } = run;
  const { nextPat, previousPat } = rotation.pats;
  if (previousPat === undefined) await effects.store("previousPat", nextPat);
  await effects.store("nextPat", undefined);
  const end = await giveBack(run);
  if (!end && previousPat === undefined) await effects.store("previousPat", undefined);
  return end;
}

/** The repositories that have the new PAT already get the old one back, and the rotation is over. */
export async function giveUp(run: RotationRun): Promise<RolloutEnd | undefined> {
  const { rotation, effects } = run;
  const end = await fallBack(run);
  if (end) return end;
  if (await effects.isAlive(rotation.pats.previousPat)) {
    const { name } = rotation.context.stack;
    const message = `the new PAT is still valid, and nothing uses it any more: revoke it with \`ghcr-fleet rotate ${name} --revoke-only\``;
    report(rotation, "note", message);
  } else {
    await effects.store("previousPat", undefined);
  }
  return undefined;
}

/**
 * The repositories that have the new PAT already get the old one back. The new one is then the one that was
 * replaced. Between two of these writes to the configuration, it looks like a trial of the new PAT.
 */
export async function fallBack(run: RotationRun): Promise<RolloutEnd | undefined> {
  const { rotation, effects } = run;
  const { pat, previousPat } = rotation.pats;
  if (rotation.pats.nextPat === undefined) await effects.store("nextPat", pat);
  await effects.store("pat", previousPat);
  await effects.store("previousPat", pat);
  await effects.store("nextPat", undefined);
  // What it lists would have to publish with the PAT that is given up.
  await effects.openJournal();
  await rotation.progress.removeJournal();
  return giveBack(run);
}

/** The configuration stores one previous PAT: `--revoke-only` can revoke no other one. */
export async function warnOfForgotten(
  { rotation, effects }: RotationRun,
  pat: string | undefined,
): Promise<void> {
  if (!(await effects.isAlive(pat))) return;
  const page = tokensPage(rotation.fleet.host);
  const message = `a PAT that an earlier rotation used is still valid, and this rotation makes the stack forget it: its owner can delete it at ${page}`;
  report(rotation, "warning", message);
}

async function giveBack({ rotation, effects }: RotationRun): Promise<RolloutEnd | undefined> {
  const end = await effects.step({ name: "withdrawal" });
  if (!end) await warnOfShadows({ rotation, effects });
  return end;
}

async function warnOfShadows({ rotation, effects }: RotationRun): Promise<void> {
  for (const task of await effects.leftShadows()) report(rotation, "warning", task);
}

/** The new PAT becomes the fleet's; the old one is stored until GitHub no longer accepts it. */
export async function promote(run: RotationRun): Promise<RolloutEnd> {
  const { pats } = run.rotation;
  await run.effects.store("previousPat", pats.pat);
  await run.effects.store("pat", pats.nextPat);
  return spread(run);
}

export async function spread(run: RotationRun): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const end = (await giveToAll(run)) ?? (await endTrial(run));
  if (!end) return rotation.progress.end("done");
  if (end.outcome === "stopped") return end;
  const lost = await effects.problemOf("new", rotation.pats.pat);
  return lost === undefined ? end : loseNew(run, lost);
}

/** The organisation's secret changes at once; then those of repositories, wave by wave. */
async function giveToAll(run: RotationRun): Promise<RolloutEnd | undefined> {
  const { rotation, effects } = run;
  const { context, fleet, waves, progress, pats } = rotation;
  const sharing = new Set(sharingSecret(fleet.repositories).map(({ name }) => name));
  const isOwn = (name: string) => !sharing.has(name);
  if (sharing.size > 0) {
    const end = await effects.step({
      name: "organization",
      applies: ({ operation, repository }) =>
        operation !== "delete" && (repository === undefined || sharing.has(repository)),
    });
    if (end) return end;
  }
  const own = waves.filter(({ repositories }) => repositories.some(isOwn));
  if (own.length === 0) return undefined;
  await effects.openJournal();
  const allowed = failuresAllowed(context.stack.settings, fleet.repositories.length);
  for (const { name, repositories } of own) {
    // It must not replace one that works.
    if ((await effects.problemOf("new", pats.pat)) !== undefined) {
      return progress.end("failed", name);
    }
    const isAtOnce = await hasInvalid(run);
    const end = await effects.step({
      name,
      applies: ({ repository }) =>
        isAtOnce || repository === undefined || repositories.includes(repository),
      proves: (changing) => {
        const wave = isAtOnce ? changing : repositories;
        return wave.filter((each) => changing.includes(each) || progress.isUnproved(each));
      },
      failuresAllowed: allowed,
    });
    if (end) return end;
  }
  await progress.removeJournal();
  return undefined;
}

/**
 * Whether some repositories may have a PAT that is invalid: nobody gains if these wait for their wave.
 * Without `nextPat`, no wave is left; then every repository gets the PAT because the one before was invalid.
 */
async function hasInvalid({ rotation, effects }: RotationRun): Promise<boolean> {
  const { nextPat, previousPat } = rotation.pats;
  if (nextPat === undefined) return true;
  if (previousPat === undefined) return false;
  return (await effects.problemOf("old", previousPat)) !== undefined;
}

/**
 * The new PAT became invalid, or too weak, after some repositories had got it.
 *
 * @param lost what is wrong with it
 */
async function loseNew(run: RotationRun, lost: string): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const isOldUsable = !(await effects.problemOf("old", rotation.pats.previousPat));
  const why = `${lost}: ${isOldUsable ? getBack : "create another one"}`;
  report(rotation, "warning", why);
  const end = isOldUsable ? await giveUp(run) : undefined;
  return end ?? rotation.progress.end("failed", "withdrawn", [why]);
}

export const getBack = "repositories that have it get the old one back";

/** The trial's secrets are deleted, and the canary publishes with the organisation's secret. */
async function endTrial(run: RotationRun): Promise<RolloutEnd | undefined> {
  const end = await deleteTrial(run);
  const hidden = sharingSecret(run.rotation.canary);
  return end || hidden.length === 0 ? end : prove(run, hidden);
}

async function deleteTrial({ rotation, effects }: RotationRun): Promise<RolloutEnd | undefined> {
  if (rotation.pats.nextPat !== undefined) await effects.store("nextPat", undefined);
  return effects.step({ name: "end of trial" });
}

function prove(
  { effects }: RotationRun,
  repositories: readonly FleetRepository[],
): Promise<RolloutEnd | undefined> {
  return effects.prove({ name: "proof", proves: () => repositories.map(({ name }) => name) });
}

/** No repository can publish with the old PAT, so a trial would protect nothing. */
export async function replaceDead(run: RotationRun, candidate: string): Promise<RolloutEnd> {
  const { rotation, effects } = run;
  const { pats } = rotation;
  const why =
    pats.pat === undefined ? "the stack has no PAT yet" : await effects.problemOf("old", pats.pat);
  report(rotation, "note", `${why}: all repositories get the new one at once`);
  const isTried = pats.nextPat !== undefined;
  // With a previous PAT in the configuration, `resume` finds the rotation. One that is still valid stays,
  // so that it can be revoked.
  if (pats.pat !== undefined) {
    if (await effects.isAlive(pats.previousPat)) await warnOfForgotten(run, pats.pat);
    else await effects.store("previousPat", pats.pat);
  }
  // A killed trial may have written secrets that the state does not have: they are written again, and
  // deleted as the end of a trial.
  if (isTried) await effects.store("nextPat", candidate);
  await effects.store("pat", candidate);
  const end =
    (await effects.step({ name: "all" })) ?? (isTried ? await deleteTrial(run) : undefined);
  if (end) return end;
  await warnOfShadows(run);
  return (await prove(run, rotation.canary)) ?? rotation.progress.end("done");
}
