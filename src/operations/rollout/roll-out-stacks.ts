import { namingStack } from "../../stack/open-stack.ts";
import { UsageError } from "../../user-error.ts";
import { applyRollout } from "./apply-rollout.ts";
import {
  planRollout,
  UnfinishedRollout,
  type RolloutContext,
  type RolloutPlan,
} from "./plan-rollout.ts";
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
  const plans = await sideBySide(contexts, concurrency, (context) =>
    planRollout(context).catch((error: unknown) => {
      // This one names its stack, and is told apart by its class.
      const isNamed = contexts.length === 1 || error instanceof UnfinishedRollout;
      throw isNamed ? error : namingStack(context.stack.name, error);
    }),
  );
  const isRefused = plans.some((plan) => "outcome" in plan && plan.outcome !== "nothing-to-do");
  assertDisjoint(plans);
  let isHeld = false;
  return sideBySide(contexts, concurrency, async (context, index) => {
    const plan = plans[index] as RolloutPlan | RolloutEnd;
    let isWell = false;
    try {
      const end = await endOf(plan, isRefused || planOnly, () => isHeld);
      isWell = ["nothing-to-do", "planned", "done"].includes(end.outcome);
      context.tell({ stack: context.stack.name, type: "ended", of: "rollout", ...end });
      return end;
    } finally {
      // What stopped one may stop all: the others end the wave that they are in.
      isHeld ||= !isWell;
    }
  });
}

async function endOf(
  plan: RolloutPlan | RolloutEnd,
  isOnlyPlanned: boolean,
  isHeld: () => boolean,
): Promise<RolloutEnd> {
  if ("outcome" in plan) return plan;
  if (isOnlyPlanned) return { outcome: "planned", reasons: [], repositories: {} };
  return applyRollout(plan, isHeld);
}

/** @throws {UsageError} a repository is in two stacks, which would undo each other's work */
function assertDisjoint(plans: readonly (RolloutPlan | RolloutEnd)[]): void {
  const stackOf = new Map<string, string>();
  for (const plan of plans) {
    if ("outcome" in plan) continue;
    const { stack } = plan.context;
    for (const { name } of plan.fleet.repositories) {
      const key = `${stack.connection.baseUrl} ${plan.fleet.owner}/${name}`.toLowerCase();
      const other = stackOf.get(key);
      if (other !== undefined) {
        throw new UsageError(
          `${plan.fleet.owner}/${name} is in the stacks ${other} and ${stack.name}: take it out of one of them`,
        );
      }
      stackOf.set(key, stack.name);
    }
  }
}

/** One that fails lets the others end before it is told. */
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
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, worker);
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return results;
}
