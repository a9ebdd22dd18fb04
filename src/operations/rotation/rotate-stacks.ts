import { UsageError } from "../../user-error.ts";
import { missingRights, missingRightWords } from "../doctor/missing-rights.ts";
import { usedScopes } from "../../fleet/fleet.ts";
import { rightsOfRotation } from "../doctor/required-rights.ts";
import { patKeys } from "../../pat/pat-source.ts";
import { patPlaceOf, rotateCommand } from "../../pat/rotate-command.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { stackClient } from "../waves/waves-context.ts";
import { openRotation, type Rotation, type RotationContext } from "./credential-step.ts";
import { assertRevocable, retirePats } from "./retire-pats.ts";
import { rotate, type RotationRequest } from "./rotate.ts";
import { rotationEffects } from "./rotation-effects.ts";

export interface RotationSettings {
  /** Absent: only the PATs that earlier rotations replaced are revoked. */
  readonly request: RotationRequest | undefined;
  /** Revokes the PATs that were replaced, once nothing uses them. */
  readonly revoke: boolean;
}

interface Rotated {
  readonly rotation: Rotation;
  end: RolloutEnd;
}

/**
 * Rotates stacks one after the other. When one does not finish, the next one does not start and the old
 * PATs stay valid, because the stacks may share them.
 *
 * @returns how each ended, in the order of the stacks; stacks that did not start are left out
 * @throws {UsageError} the admin token lacks rights, or the host has no API that revokes PATs
 * @throws {UserError} the new PAT is refused, or there is nothing to resume or abort
 */
export async function rotateStacks(
  contexts: readonly RotationContext[],
  { request, revoke }: RotationSettings,
): Promise<RolloutEnd[]> {
  const rotated: Rotated[] = [];
  try {
    for (const context of contexts) {
      const rotation = await openRotation(context, revoke);
      if (revoke) assertRevocable(rotation);
      if (request) await assertRights(rotation);
      const end = request ? await rotate(rotation, request) : await onlyRevoke(rotation);
      rotated.push({ rotation, end });
      if (end.outcome !== "done") break;
    }
    if (request?.kind !== "abort") await retire(rotated, revoke, contexts);
  } catch (error) {
    // Of a rotation, only what follows it has failed.
    if (!request) for (const each of rotated) each.end = each.rotation.progress.end("failed");
    throw error;
  } finally {
    for (const { rotation, end } of rotated) {
      const { stack, report } = rotation.context;
      const again = request && end.outcome !== "done" ? beginAgain(rotation) : undefined;
      report({
        stack: stack.name,
        type: "ended",
        of: request ? "rotation" : "revocation",
        again,
        ...end,
      });
    }
  }
  return rotated.map(({ end }) => end);
}

/** The command for another rotation, from where the stack reads its PAT now. */
function beginAgain({ context: { stack }, pats }: Rotation): string {
  const { patSources } = stack;
  if (!patSources.pat) return rotateCommand(stack.name, "configuration");
  // Undoing a rotation makes the PAT before it that of the stack.
  const key = patKeys.find((each) => stack[each] === pats.pat);
  return rotateCommand(stack.name, key && patPlaceOf(patSources[key]));
}

/** @throws {UsageError} names the rights that the admin token lacks to write secrets */
async function assertRights({ context, fleet, canary }: Rotation): Promise<void> {
  const { connection, name } = context.stack;
  const repository = canary[0]?.name;
  const admin = { github: stackClient(context), connection, repository };
  const missing = await missingRights(admin, rightsOfRotation(usedScopes(fleet.repositories)));
  if (missing.length > 0) {
    throw new UsageError(`${name}: ${missing.map(missingRightWords).join("; ")}`);
  }
}

/** The PATs of all stacks are revoked together, when each is known to be replaced. */
async function onlyRevoke(rotation: Rotation): Promise<RolloutEnd> {
  const { progress, pats } = rotation;
  // Why there is none follows.
  const isConfirmed =
    pats.previousPat === undefined || (await rotationEffects(rotation).confirm("revocation"));
  return progress.end(isConfirmed ? "done" : "declined");
}

async function retire(
  rotated: readonly Rotated[],
  revoke: boolean,
  contexts: readonly RotationContext[],
): Promise<void> {
  const done = rotated.filter(({ end }) => end.outcome === "done");
  const isFinished = await retirePats(
    done.map(({ rotation }) => rotation),
    {
      revoke: revoke && done.length === contexts.length,
      stacks: contexts.map(({ stack }) => stack.name),
    },
  );
  if (isFinished) return;
  for (const each of done) each.end = each.rotation.progress.end("stopped");
}
