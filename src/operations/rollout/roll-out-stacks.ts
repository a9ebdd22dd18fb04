import { namingStack } from "../../stack/open-stack.ts";
import { UsageError } from "../../user-error.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { applyRollout } from "./apply-rollout.ts";
import {
  planRollout,
  UnfinishedRollout,
  type RolloutContext,
  type RolloutPlan,
} from "./plan-rollout.ts";

export interface RolloutSettings {
  /** How many stacks run at once. */
  readonly concurrency: number;
  /** End after the preview. */
  readonly planOnly: boolean;
}

/**
 * Rolls out several stacks at once. All are previewed first: if one is refused, none starts.
 *
 * @returns how each ended, in the order of the stacks
 */
export async function rollOutStacks(
  contexts: readonly RolloutContext[],
  { concurrency, planOnly }: RolloutSettings,
): Promise<RolloutEnd[]> {
  const plans = await sideBySide(contexts, concurrency, (context) =>
    planRollout(context).catch((error: unknown) => {
      // This error names its stack already, and the caller needs its class.
      const isNamed = contexts.length === 1 || error instanceof UnfinishedRollout;
      throw isNamed ? error : namingStack(context.stack.name, error);
    }),
  );
  const isRefused = plans.some((plan) => "outcome" in plan && plan.outcome !== "nothing-to-do");
  assertDisjoint(plans);
  const isOnlyPlanned = isRefused || planOnly;
  const [first] = plans.filter((plan) => "waves" in plan);
  const declined = !isOnlyPlanned && first !== undefined && !(await first.context.confirm());
  let isHeld = false;
  return sideBySide(contexts, concurrency, async (context, index) => {
    const plan = plans[index] as RolloutPlan | RolloutEnd;
    let isDone = false;
    try {
      const kept = isOnlyPlanned ? "planned" : declined ? "declined" : undefined;
      const end = await endOf(plan, kept, () => isHeld);
      isDone = ["nothing-to-do", "planned", "done"].includes(end.outcome);
      context.report({ stack: context.stack.name, type: "ended", of: "rollout", ...end });
      return end;
    } finally {
      // The cause may affect all stacks: the others finish their current wave.
      isHeld ||= !isDone;
    }
  });
}

async function endOf(
  plan: RolloutPlan | RolloutEnd,
  kept: "planned" | "declined" | undefined,
  isHeld: () => boolean,
): Promise<RolloutEnd> {
  if ("outcome" in plan) return plan;
  if (kept) return { outcome: kept, reasons: [], repositories: {} };
  return applyRollout(plan, isHeld);
}

/** @throws {UsageError} a repository is in two stacks, which would overwrite each other's changes */
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
          `${plan.fleet.owner}/${name} is in the stacks ${other} and ${stack.name}: remove it from one of them`,
        );
      }
      stackOf.set(key, stack.name);
    }
  }
}

/** Runs a limited number at once. When one fails, the others finish before the error is thrown. */
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
