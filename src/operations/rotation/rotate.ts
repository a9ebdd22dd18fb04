import type { Wave } from "../../fleet/plan-waves.ts";
import { isTokenAlive } from "../../github/tokens/is-token-alive.ts";
import { UserError } from "../../user-error.ts";
import { clientOf } from "../rollout/client-of.ts";
import { admitPat, assertUnshadowed } from "./admit-pat.ts";
import { assertApplied } from "../rollout/assert-applied.ts";
import type { EngineChange } from "../../stack/engine-change.ts";
import { failuresAllowed } from "../rollout/failures-allowed.ts";
import { journalPath, readJournal, removeJournal, writeJournal } from "../rollout/journal.ts";
import { leftShadows } from "./left-shadows.ts";
import type { RolloutEnd } from "../rollout/rollout-event.ts";
import {
  applyCredentials,
  endRotation,
  keepPat,
  proveCredential,
  type Rotation,
} from "./rotation.ts";

export type RotationRequest =
  | { readonly kind: "begin"; readonly pat: string }
  | { readonly kind: "resume" }
  | { readonly kind: "abort" };

/**
 * Gives the fleet another PAT without a gap. The first wave tries it, in secrets of its own that
 * shadow the organisation's; when it has published, everybody gets it; then the shadows go.
 *
 * Each step is written to the stack's configuration before it is applied, so that `resume` finds
 * where a rotation stopped: `nextPat` is there during the trial, equal to `pat` once it is over.
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
  const { context, canary, pats } = rotation;
  const { stack, tell } = context;
  if (pats.nextPat !== undefined) {
    throw new UserError(
      `a rotation of ${stack.name} is under way: go on with \`ghcr-fleet rotate ${stack.name} --resume\`, or take it back with --abort`,
    );
  }
  await assertApplied(stack.automation, canary);
  const token = await admitPat(context, candidate, canary);
  const expires = token.expiresAt?.slice(0, 10) ?? "never";
  const message = `the new PAT of ${token.owner} may publish, and expires on ${expires}`;
  tell({ stack: stack.name, type: "note", message });
  await warnOfForgotten(rotation);
  if (!(await isAlive(rotation, pats.pat))) return replaceDead(rotation, candidate);

  await assertUnshadowed(context, canary);
  await keepPat(rotation, "nextPat", candidate);
  return (await tryOut(rotation)) ?? (await promote(rotation));
}

async function resume(rotation: Rotation): Promise<RolloutEnd> {
  const { pat, nextPat, previousPat } = rotation.pats;
  if (nextPat === undefined && previousPat === undefined) {
    throw new UserError(
      `no rotation of ${rotation.context.stack.name} is under way: give a new PAT to \`ghcr-fleet rotate\``,
    );
  }
  if (nextPat !== undefined && nextPat !== pat) {
    return (await tryOut(rotation)) ?? (await promote(rotation));
  }
  return spread(rotation);
}

async function abort(rotation: Rotation): Promise<RolloutEnd> {
  const { pat, nextPat } = rotation.pats;
  if (nextPat === undefined || nextPat === pat) {
    throw new UserError(
      nextPat === undefined
        ? "no rotation is under way"
        : "the fleet is getting the new PAT already: finish with --resume, then rotate back if need be",
    );
  }
  return (await withdraw(rotation)) ?? endRotation(rotation, "done");
}

/** The first wave gets the new PAT and has to publish with it; if it does not, it gets the old one. */
async function tryOut(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const { canary } = rotation;
  const names = new Set(canary.map(({ name }) => name));
  const isTrial = ({ type, urn, repository }: EngineChange) =>
    repository === undefined
      ? type === "ghcr:index:RegistryToken" && urn.endsWith("::next-publisher")
      : names.has(repository);
  const trial: Wave = { name: "trial", repositories: [...names] };
  const applied = await applyCredentials(rotation, trial, isTrial, async () => trial.repositories);
  if (applied) {
    if (applied.outcome === "refused") return (await withdraw(rotation)) ?? applied;
    return applied;
  }
  const unproved = await proveCredential(rotation, trial, 0);
  if (unproved?.outcome !== "unhealthy") return unproved;
  const why = "the trial failed: its repositories get the old PAT back";
  rotation.context.tell({ stack: rotation.context.stack.name, type: "warning", message: why });
  return (await withdraw(rotation)) ?? { ...unproved, reasons: [why] };
}

async function withdraw(rotation: Rotation): Promise<RolloutEnd | undefined> {
  await keepPat(rotation, "nextPat", undefined);
  const end = await applyCredentials(rotation, withdrawal, () => true);
  if (!end) await tellLeftShadows(rotation);
  return end;
}

const withdrawal: Wave = { name: "withdrawal", repositories: [] };

async function tellLeftShadows({ context, canary }: Rotation): Promise<void> {
  for (const message of await leftShadows(context, canary)) {
    context.tell({ stack: context.stack.name, type: "warning", message });
  }
}

/** The new PAT becomes the fleet's; the old one is kept until it is known to be dead. */
async function promote(rotation: Rotation): Promise<RolloutEnd> {
  const { pats } = rotation;
  await keepPat(rotation, "previousPat", pats.pat);
  await keepPat(rotation, "pat", pats.nextPat);
  return spread(rotation);
}

async function spread(rotation: Rotation): Promise<RolloutEnd> {
  return (await giveToAll(rotation)) ?? (await endTrial(rotation)) ?? endRotation(rotation, "done");
}

/** The organisation's secret changes at once; secrets of repositories change wave by wave. */
async function giveToAll(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const { context, fleet, waves } = rotation;
  if (fleet.secret.scope === "organization") {
    const isGiven = (change: EngineChange) => change.operation !== "delete";
    return applyCredentials(rotation, { name: "organization", repositories: [] }, isGiven);
  }
  const file = journalPath(context.folder, context.stack.name, "rotation");
  const journal = await readJournal(file, context.stack.name);
  const unproved = new Set(Object.keys(journal?.unproved ?? {}));
  const startedAt = journal?.startedAt ?? new Date(context.clock.now()).toISOString();
  const mayFail = failuresAllowed(context.stack.settings, fleet.repositories.length);
  for (const wave of waves) {
    const own = new Set(wave.repositories);
    const toProve = () => wave.repositories.filter((each) => unproved.has(each));
    const isOwn = ({ repository }: EngineChange) => repository === undefined || own.has(repository);
    const done = await applyCredentials(rotation, wave, isOwn, async (changing) => {
      for (const each of changing) unproved.add(each);
      const proofs = [...unproved].map((each) => [each, { credential: true }] as const);
      await writeJournal(file, {
        version: 1,
        stack: context.stack.name,
        startedAt,
        wave: wave.name,
        unproved: Object.fromEntries(proofs),
      });
      return toProve();
    });
    if (done) return done;
    const proving = toProve();
    const failed = await proveCredential(rotation, { ...wave, repositories: proving }, mayFail);
    if (failed) return failed;
    for (const each of proving) {
      if (rotation.results.get(each)?.state !== "failed") unproved.delete(each);
    }
  }
  await removeJournal(file);
  return undefined;
}

/** The shadows go, and the canary shows that the organisation's secret works as well. */
async function endTrial(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const { fleet, pats } = rotation;
  if (pats.nextPat !== undefined) await keepPat(rotation, "nextPat", undefined);
  const applied = await applyCredentials(
    rotation,
    { name: "end of trial", repositories: [] },
    () => true,
  );
  if (applied || fleet.secret.scope !== "organization") return applied;
  return proveCanary(rotation);
}

async function proveCanary(rotation: Rotation): Promise<RolloutEnd | undefined> {
  const proof = { name: "proof", repositories: rotation.canary.map(({ name }) => name) };
  return proveCredential(rotation, proof, 0);
}

/** Nobody can publish with the old PAT: there is nothing to be careful about. */
async function replaceDead(rotation: Rotation, candidate: string): Promise<RolloutEnd> {
  const { context, pats } = rotation;
  const message =
    pats.pat === undefined
      ? "the stack has no PAT yet: everybody gets the new one at once"
      : "the old PAT is dead already: everybody gets the new one at once";
  context.tell({ stack: context.stack.name, type: "note", message });
  // While the old one is there, `resume` finds the rotation.
  if (pats.pat !== undefined) await keepPat(rotation, "previousPat", pats.pat);
  await keepPat(rotation, "pat", candidate);
  const all = { name: "all", repositories: [] };
  return (
    (await applyCredentials(rotation, all, () => true)) ??
    (await proveCanary(rotation)) ??
    endRotation(rotation, "done")
  );
}

/** The configuration has room for one: the PAT before the present one is lost to `--revoke-only`. */
async function warnOfForgotten(rotation: Rotation): Promise<void> {
  const { context, pats } = rotation;
  if (!(await isAlive(rotation, pats.previousPat))) return;
  const message =
    "the PAT that the last rotation replaced still lives, and the stack forgets it now: its owner can end it at https://github.com/settings/tokens";
  context.tell({ stack: context.stack.name, type: "warning", message });
}

async function isAlive({ context }: Rotation, pat: string | undefined): Promise<boolean> {
  return pat !== undefined && isTokenAlive(clientOf(context, pat));
}
