import { UnfinishedRollout, type RolloutContext } from "../rollout/plan-rollout.ts";
import { rollOutStacks } from "../rollout/roll-out-stacks.ts";
import type { RolloutEvent } from "../rollout/rollout-event.ts";
import { exitCodeOf } from "./exit-code-of.ts";
import { commandPlace, openCommandStacks } from "./open-command-stacks.ts";
import { packsOf } from "./packs-of.ts";
import { realClock } from "./real-clock.ts";
import { keepHistory } from "./rollout-history.ts";
import { stopOnInterrupt } from "./stop-on-interrupt.ts";
import { tellJson, tellLines } from "./tell-rollout.ts";
import { UsageError } from "./usage-error.ts";

export interface RolloutCommand {
  readonly resume?: boolean;
  readonly restart?: boolean;
  readonly refresh?: boolean;
  readonly plan?: boolean;
  readonly healthGate: boolean;
  readonly allowRemovals: number;
  readonly concurrency: number;
  readonly policyPackConfig?: string;
  readonly json?: boolean;
}

/**
 * `ghcr-fleet rollout`: previews, then applies wave by wave. The process ends with 3 where a policy
 * or the health gate stopped it, with 1 where something failed.
 *
 * @throws {UsageError} a stack is not named, or an earlier rollout is not finished
 */
export async function rollout(names: readonly string[], options: RolloutCommand): Promise<void> {
  const folder = process.cwd();
  const place = await commandPlace(folder);
  const allowance = { GHCR_FLEET_ALLOW_REMOVALS: String(options.allowRemovals) };
  const environment = { ...place.environment, ...allowance };
  const stacks = await openCommandStacks({ folder, environment }, names);
  const interruption = stopOnInterrupt();
  const show = options.json ? tellJson : tellLines;
  const tell = (event: RolloutEvent) => {
    if (!options.plan) keepHistory(folder, event, new Date());
    show(event);
  };
  const contexts = stacks.map((stack): RolloutContext => ({
    stack,
    folder,
    packs: packsOf(folder, options.policyPackConfig),
    refresh: options.refresh ?? false,
    allowRemovals: options.allowRemovals,
    mode: options.resume ? "resume" : options.restart ? "restart" : "start",
    gate: options.healthGate,
    clock: realClock,
    stop: interruption.signal,
    tell,
  }));
  try {
    const ends = await rollOutStacks(contexts, {
      concurrency: options.concurrency,
      planOnly: options.plan ?? false,
    });
    process.exitCode = Math.max(...ends.map(exitCodeOf));
  } catch (error) {
    throw error instanceof UnfinishedRollout ? new UsageError(error.message) : error;
  } finally {
    interruption.release();
  }
}
