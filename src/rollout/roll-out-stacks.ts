import { applyRollout } from "./apply-rollout.ts";
import { planRollout, type RolloutContext, type RolloutPlan } from "./plan-rollout.ts";
import type { RolloutEnd } from "./rollout-event.ts";

export interface RolloutSettings {
  /** How many stacks at once. */
  readonly concurrency: number;
  /** Ends after the preview. */
  readonly planOnly: boolean;
}

/**
 * Rolls stacks out side by side. All are previewed first: one that is refused keeps the others from
 * beginning.
 *
 * @returns how each ended, in the order of the stacks
 */
export async function rollOutStacks(
  contexts: readonly RolloutContext[],
  { concurrency, planOnly }: RolloutSettings,
): Promise<RolloutEnd[]> {
  const plans = await sideBySide(contexts, concurrency, planRollout);
  const isRefused = plans.some((plan) => "outcome" in plan && plan.outcome !== "nothing-to-do");
  return sideBySide(contexts, concurrency, async (context, index) => {
    const plan = plans[index] as RolloutPlan | RolloutEnd;
    const end = await endOf(plan, isRefused || planOnly);
    context.tell({ stack: context.stack.name, type: "ended", of: "rollout", ...end });
    return end;
  });
}

async function endOf(plan: RolloutPlan | RolloutEnd, isHeld: boolean): Promise<RolloutEnd> {
  if ("outcome" in plan) return plan;
  if (isHeld) return { outcome: "planned", reasons: [], repositories: {} };
  return applyRollout(plan);
}

async function sideBySide<T, Result>(
  items: readonly T[],
  concurrency: number,
  run: (item: T, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await run(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
