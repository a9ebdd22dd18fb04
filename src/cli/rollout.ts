import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import colors from "picocolors";
import { eventVersion, type RolloutEnd, type RolloutEvent } from "../rollout/rollout-event.ts";
import { rolloutLines } from "../report/rollout-lines.ts";
import type { RolloutClock } from "../rollout/health-gate.ts";
import { UnfinishedRollout, type RolloutContext } from "../rollout/plan-rollout.ts";
import { rollOutStacks } from "../rollout/roll-out-stacks.ts";
import { commandPlace, openCommandStacks } from "./open-command-stacks.ts";
import { keepHistory } from "./rollout-history.ts";
import { stopOnInterrupt } from "./stop-on-interrupt.ts";
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

/** The pack of the project itself. */
export function packsOf(folder: string, config: string | undefined): RolloutContext["packs"] {
  return {
    policyPacks: [join(folder, "policy")],
    ...(config !== undefined && { policyPackConfigs: [resolve(config)] }),
  };
}

export const realClock: RolloutClock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
};

function exitCodeOf({ outcome, repositories }: RolloutEnd): number {
  switch (outcome) {
    case "nothing-to-do":
    case "planned":
      return 0;
    case "done":
      return Object.values(repositories).some(({ state }) => state === "failed") ? 1 : 0;
    case "refused":
    case "unhealthy":
      return 3;
    case "failed":
    case "stopped":
      return 1;
  }
}

function tellLines(event: RolloutEvent): void {
  for (const line of rolloutLines(event, colors)) process.stdout.write(`${line}\n`);
}

function tellJson(event: RolloutEvent): void {
  process.stdout.write(`${JSON.stringify({ version: eventVersion, ...event })}\n`);
}
