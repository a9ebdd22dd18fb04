import { retirePats } from "./retire-pat.ts";
import type { RolloutEnd } from "../rollout/rollout-event.ts";
import { rotate, type RotationRequest } from "./rotate.ts";
import { endRotation, openRotation, type Rotation, type RotationContext } from "./rotation.ts";

export interface RotationSettings {
  /** Absent: only the PATs that earlier rotations replaced are ended. */
  readonly request: RotationRequest | undefined;
  /** Ends the PATs that were replaced, once nobody uses them any more. */
  readonly revoke: boolean;
}

interface Rotated {
  readonly rotation: Rotation;
  end: RolloutEnd;
}

/**
 * Rotates stacks one after the other; one that does not end well keeps the next from beginning, and
 * the old PATs alive, for the stacks may share them.
 *
 * @returns how each ended, in the order of the stacks; those that were not begun are left out
 * @throws {UserError} the new PAT is refused, or there is nothing to resume or abort
 */
export async function rotateStacks(
  contexts: readonly RotationContext[],
  { request, revoke }: RotationSettings,
): Promise<RolloutEnd[]> {
  const rotated: Rotated[] = [];
  try {
    for (const context of contexts) {
      const rotation = await openRotation(context);
      const end = request ? await rotate(rotation, request) : endRotation(rotation, "done");
      rotated.push({ rotation, end });
      if (end.outcome !== "done") break;
    }
    if (request?.kind !== "abort") await retire(rotated, revoke, contexts);
  } finally {
    for (const { rotation, end } of rotated) {
      const { stack, tell } = rotation.context;
      tell({ stack: stack.name, type: "ended", of: "rotation", ...end });
    }
  }
  return rotated.map(({ end }) => end);
}

async function retire(
  rotated: readonly Rotated[],
  revoke: boolean,
  contexts: readonly RotationContext[],
): Promise<void> {
  const done = rotated.filter(({ end }) => end.outcome === "done");
  const isThrough = await retirePats(
    done.map(({ rotation }) => rotation),
    {
      revoke: revoke && done.length === contexts.length,
      stacks: contexts.map(({ stack }) => stack.name),
    },
  );
  if (isThrough) return;
  for (const each of done) each.end = endRotation(each.rotation, "stopped");
}
