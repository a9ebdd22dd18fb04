import { isTokenAlive } from "../../github/tokens/is-token-alive.ts";
import { UserError } from "../../user-error.ts";
import { journalPath, readJournal } from "../waves/journal.ts";
import { failuresAllowed } from "../waves/progress.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { stackClient } from "../waves/waves-context.ts";
import { assertApplied, checkNewPat, publishedImages } from "./check-new-pat.ts";
import {
  canProve,
  isNextToken,
  proveStep,
  runStep,
  storePat,
  type Rotation,
} from "./credential-step.ts";
import { rotationSteps, type RotationStart } from "./rotation-steps.ts";
import { assertUnshadowed, leftShadows } from "./shadows.ts";

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
 * rotation stopped: `nextPat` is set during the trial, and equal to `pat` once the trial is over.
 *
 * @throws {UserError} the new PAT is refused, or there is nothing to resume or abort
 */
export async function rotate(rotation: Rotation, request: RotationRequest): Promise<RolloutEnd> {
  switch (request.kind) {
    case "begin":
      return begin(rotation, request.pat);
    case "resume":
      return resume(rotation);
    case "abort":
      return abort(rotation);
  }
}

async function begin(rotation: Rotation, candidate: string): Promise<RolloutEnd> {
  const { context, fleet, canary, pats } = rotation;
  const { name, automation } = context.stack;
  if (pats.nextPat !== undefined) {
    throw new UserError(
      `a rotation of ${name} is not finished: continue it with \`ghcr-fleet rotate ${name} --resume\`, or undo it with --abort`,
    );
  }
  await assertApplied(automation, canary);
  const images = await publishedImages(automation, canary);
  const token = await checkNewPat(context, candidate, images);
  const expires = token.expiresAt?.slice(0, 10) ?? "never";
  report(rotation, "note", `the new PAT of ${token.owner} may publish, and expires on ${expires}`);
  await warnOfForgotten(rotation);
  if (!(await isAlive(rotation, pats.pat))) {
    return (await isConfirmed(rotation, "all"))
      ? replaceDead(rotation, candidate)
      : rotation.progress.end("declined");
  }
  await assertUnshadowed(context, fleet.secret.scope, canary);
  if (!(await isConfirmed(rotation, "trial"))) return rotation.progress.end("declined");
  await storePat(rotation, "nextPat", candidate);
  return (await tryOut(rotation)) ?? (await promote(rotation));
}

async function resume(rotation: Rotation): Promise<RolloutEnd> {
  const { pat, nextPat, previousPat } = rotation.pats;
  // Also one whose place cannot be read says that a rotation has started.
  const hasOld = previousPat !== undefined || rotation.context.stack.patSources.previousPat;
  if (nextPat === undefined && !hasOld) {
    throw new UserError(
      `no rotation of ${rotation.context.stack.name} has started: give a new PAT to \`ghcr-fleet rotate\``,
    );
  }
  const isTrial = nextPat !== undefined && nextPat !== pat;
  if (!(await isConfirmed(rotation, isTrial ? "trial" : "spread"))) {
    return rotation.progress.end("declined");
  }
  if (isTrial) {
    return (await tryOut(rotation)) ?? (await promote(rotation));
  }
  return spread(rotation);
}

async function abort(rotation: Rotation): Promise<RolloutEnd> {
  const { pat, nextPat } = rotation.pats;
  if (nextPat === undefined || nextPat === pat) {
    throw new UserError(
      nextPat === undefined
        ? "no rotation has started"
        : "the fleet is already getting the new PAT: finish with --resume, then rotate back if you need to",
    );
  }
  if (!(await isConfirmed(rotation, "withdrawal"))) return rotation.progress.end("declined");
  return (await withdraw(rotation)) ?? rotation.progress.end("done");
}

/** Shows what follows, and asks. */
export async function isConfirmed(rotation: Rotation, start: RotationStart): Promise<boolean> {
  const { context, revokes } = rotation;
  const steps = rotationSteps(rotation, start, revokes);
  context.report({ stack: context.stack.name, type: "rotation-planned", steps });
  return context.confirm();
}

/** The first wave gets the new PAT and has to publish with it; if it does not, it gets the old one back. */
async function tryOut(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const names = rotation.canary.map(({ name }) => name);
  const end = await runStep(rotation, {
    name: "trial",
    applies: (change) =>
      change.repository === undefined ? isNextToken(change) : names.includes(change.repository),
    proves: () => names,
  });
  switch (end?.outcome) {
    case "refused":
      return (await withdraw(rotation)) ?? end;
    case "unhealthy": {
      const why = "the trial failed: its repositories get the old PAT back";
      report(rotation, "warning", why);
      return (await withdraw(rotation)) ?? { ...end, reasons: [why] };
    }
    default:
      return end ?? endUnproven(rotation, names);
  }
}

/** Where no repository of the trial showed that it publishes, a person decides whether to go on. */
function endUnproven(rotation: Rotation, names: readonly string[]): RolloutEnd | undefined {
  const { progress } = rotation;
  if (!canProve(rotation) || names.length === 0 || names.some(progress.isHealthy)) return undefined;
  const why = `the trial proved nothing, so the fleet keeps the old PAT: nothing shows whether ${names.join(", ")} can publish with the new one`;
  const next =
    "name the images to verify in images, or check by hand and continue with --resume --no-health-gate";
  return progress.end("stopped", "trial", [why, next]);
}

async function withdraw(rotation: Rotation): Promise<RolloutEnd | undefined> {
  await storePat(rotation, "nextPat", undefined);
  const end = await runStep(rotation, { name: "withdrawal" });
  if (end) return end;
  const { context, fleet, canary } = rotation;
  for (const task of await leftShadows(context, fleet.secret.scope, canary)) {
    report(rotation, "warning", task);
  }
  return undefined;
}

/** The new PAT becomes the fleet's; the old one is stored until GitHub no longer accepts it. */
async function promote(rotation: Rotation): Promise<RolloutEnd> {
  const { pats } = rotation;
  await storePat(rotation, "previousPat", pats.pat);
  await storePat(rotation, "pat", pats.nextPat);
  return spread(rotation);
}

async function spread(rotation: Rotation): Promise<RolloutEnd> {
  return (await giveToAll(rotation)) ?? (await endTrial(rotation)) ?? rotation.progress.end("done");
}

/** The organisation's secret changes at once; secrets of repositories change wave by wave. */
async function giveToAll(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const { context, fleet, waves, progress } = rotation;
  if (fleet.secret.scope === "organization") {
    return runStep(rotation, {
      name: "organization",
      applies: ({ operation }) => operation !== "delete",
    });
  }
  const { stack, folder } = context;
  const file = journalPath(folder, stack.name, "rotation");
  progress.useJournal(file, await readJournal(file, stack.name));
  for (const { name, repositories } of waves) {
    const end = await runStep(rotation, {
      name,
      applies: ({ repository }) => repository === undefined || repositories.includes(repository),
      proves: (changing) =>
        repositories.filter((each) => changing.includes(each) || progress.isUnproved(each)),
      failuresAllowed: failuresAllowed(stack.settings, fleet.repositories.length),
    });
    if (end) return end;
  }
  await progress.removeJournal();
  return undefined;
}

/** The trial's secrets are deleted, and the canary publishes with the organisation's secret. */
async function endTrial(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const { fleet, pats } = rotation;
  if (pats.nextPat !== undefined) await storePat(rotation, "nextPat", undefined);
  const end = await runStep(rotation, { name: "end of trial" });
  return end || fleet.secret.scope !== "organization" ? end : proveCanary(rotation);
}

function proveCanary(rotation: Rotation): Promise<RolloutEnd | undefined> {
  return proveStep(rotation, {
    name: "proof",
    proves: () => rotation.canary.map(({ name }) => name),
  });
}

/** No repository can publish with the old PAT, so a trial would protect nothing. */
async function replaceDead(rotation: Rotation, candidate: string): Promise<RolloutEnd> {
  const { pats } = rotation;
  report(
    rotation,
    "note",
    pats.pat === undefined
      ? "the stack has no PAT yet: all repositories get the new one at once"
      : "GitHub no longer accepts the old PAT: all repositories get the new one at once",
  );
  // With a previous PAT in the configuration, `resume` finds the rotation.
  if (pats.pat !== undefined) await storePat(rotation, "previousPat", pats.pat);
  await storePat(rotation, "pat", candidate);
  return (
    (await runStep(rotation, { name: "all" })) ??
    (await proveCanary(rotation)) ??
    rotation.progress.end("done")
  );
}

/** The configuration stores one previous PAT: `--revoke-only` cannot revoke the one before it. */
async function warnOfForgotten(rotation: Rotation): Promise<void> {
  if (!(await isAlive(rotation, rotation.pats.previousPat))) return;
  report(
    rotation,
    "warning",
    "the PAT that the last rotation replaced is still valid, and the stack now forgets it: its owner can delete it at https://github.com/settings/tokens",
  );
}

async function isAlive({ context }: Rotation, pat: string | undefined): Promise<boolean> {
  return pat !== undefined && isTokenAlive(stackClient(context, pat));
}

function report({ context }: Rotation, type: "note" | "warning", message: string): void {
  context.report({ stack: context.stack.name, type, message });
}
