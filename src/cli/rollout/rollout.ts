import { StoredTexts } from "../../github/contents/stored-texts.ts";
import { createWritePace } from "../../github/client/pace/write-pace.ts";
import { UnfinishedRollout, type RolloutContext } from "../../operations/rollout/plan-rollout.ts";
import { rollOutStacks } from "../../operations/rollout/roll-out-stacks.ts";
import { startWriteBudget, type WriteBudget } from "../../operations/budget/write-budget.ts";
import { assertNoLeftLock } from "../../stack/file-backend/stack-lock.ts";
import { openStacks, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { withPats } from "../../stack/with-pats.ts";
import { UsageError } from "../../user-error.ts";
import { assertApart } from "../stacks/assert-apart.ts";
import { applyInWaves, type WavesCommand } from "../stacks/apply-in-waves.ts";
import { assertCanConfirm } from "../terminal/confirm.ts";
import { holdStacks } from "../stacks/hold-stacks.ts";
import { commandPlace, commandStacks } from "../stacks/open-command-stacks.ts";

export interface RolloutCommand extends WavesCommand {
  readonly resume?: boolean;
  readonly restart?: boolean;
  readonly refresh?: boolean;
  readonly plan?: boolean;
  readonly allowRemovals: number;
  readonly offerAgain: readonly string[];
  readonly repin?: boolean;
  readonly waitForMerges: boolean;
  readonly concurrency: number;
}

/**
 * `ghcr-fleet rollout`: previews, then applies wave by wave. The process ends with 3 where a policy
 * or the health gate stopped it, with 1 where something failed.
 *
 * @throws {UsageError} a stack is not named, an earlier rollout is not finished, or nobody can be asked
 */
export async function rollout(names: readonly string[], options: RolloutCommand): Promise<void> {
  if (!options.plan) assertCanConfirm(options, "ghcr-fleet rollout");
  const folder = process.cwd();
  const place = await commandPlace(folder);
  const { allowRemovals, offerAgain, repin = false } = options;
  const environment = {
    ...place.environment,
    GHCR_FLEET_ALLOW_REMOVALS: String(allowRemovals),
    ...(offerAgain.length > 0 && { GHCR_FLEET_OFFER_AGAIN: offerAgain.join(",") }),
    ...(repin && { GHCR_FLEET_REPIN: "1" }),
  };
  const stackNames = await commandStacks(place, names);
  await assertNoLeftLock(place, stackNames);
  const run = () => rollOut({ folder, environment }, stackNames, options);
  await (options.plan ? run() : holdStacks(folder, stackNames, run));
}

async function rollOut(
  place: StackPlace,
  names: readonly string[],
  options: RolloutCommand,
): Promise<void> {
  const opened = await openStacks(place, names);
  await assertApart(opened);
  const stacks = await Promise.all(opened.map((stack) => withPats(stack, place, ["pat"])));
  const { concurrency, plan: planOnly = false } = options;
  const asks = { ...options, question: `Roll out ${names.join(", ")} as shown?` };
  await applyInWaves(place, stacks, asks, { record: !planOnly }, async (shared) => {
    const budget = await shareBudget(stacks, shared.report);
    const contexts = stacks.map((stack): RolloutContext => ({
      ...shared,
      stack,
      refresh: options.refresh ?? false,
      stored: new StoredTexts(place.environment),
      allowRemovals: options.allowRemovals,
      offerAgain: options.offerAgain,
      waitsForMerges: options.waitForMerges,
      // A plan shows what a resumed rollout would do, and needs no decision about an earlier one.
      mode: options.resume || planOnly ? "resume" : options.restart ? "restart" : "start",
      gates: Math.min(concurrency, stacks.length),
    }));
    try {
      const ends = await rollOutStacks(contexts, { concurrency, planOnly });
      if (!planOnly) reportWrites(stacks, budget.granted(), shared.report);
      return ends;
    } catch (error) {
      throw error instanceof UnfinishedRollout ? new UsageError(error.message) : error;
    } finally {
      await budget.close();
    }
  });
}

/** The providers of all stacks ask this process for permission to write. */
async function shareBudget(
  stacks: readonly OpenStack[],
  report: RolloutContext["report"],
): Promise<WriteBudget> {
  const isSteady = stacks.some(({ settings }) => settings.pace === "steady");
  const budget = await startWriteBudget({
    pace: createWritePace(isSteady ? "steady" : "burst"),
    now: () => Date.now(),
    onLongWait(milliseconds) {
      const message = `GitHub's budget for writes is used up: waiting ${Math.ceil(milliseconds / 1000)} s`;
      for (const { name: stack } of stacks) report({ stack, type: "note", message });
    },
  });
  for (const { engine } of stacks) {
    engine.environment["GHCR_FLEET_WRITE_BUDGET"] = budget.url;
  }
  return budget;
}

function reportWrites(
  stacks: readonly OpenStack[],
  writes: number,
  report: RolloutContext["report"],
): void {
  const [first] = stacks;
  if (stacks.length < 2 || !first) return;
  const message = `${writes} writes of ${stacks.length} stacks shared one pace`;
  report({ stack: first.name, type: "note", message });
}
