import { createWritePace } from "../../github/client/write-pace.ts";
import { UnfinishedRollout, type RolloutContext } from "../../operations/rollout/plan-rollout.ts";
import { rollOutStacks } from "../../operations/rollout/roll-out-stacks.ts";
import type { RolloutEvent } from "../../operations/rollout/rollout-event.ts";
import { startWriteBudget, type WriteBudget } from "../../operations/rollout/write-budget.ts";
import { openStacks, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { holdStacks } from "../hold-stacks.ts";
import { commandPlace, commandStacks } from "../open-command-stacks.ts";
import { packsOf } from "../packs-of.ts";
import { realClock } from "../real-clock.ts";
import { keepHistory } from "../report/rollout-history.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";
import { tellJson, tellLines } from "./tell-rollout.ts";
import { UsageError } from "../../user-error.ts";

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
  const stackNames = await commandStacks(place, names);
  const run = () => rollOut({ folder, environment }, stackNames, options);
  await (options.plan ? run() : holdStacks(folder, stackNames, run));
}

async function rollOut(
  place: StackPlace,
  names: readonly string[],
  options: RolloutCommand,
): Promise<void> {
  const { folder } = place;
  const stacks = await openStacks(place, names);
  assertApart(stacks);
  const show = (options.json ? tellJson : tellLines)(process.stdout);
  const tell = (event: RolloutEvent) => {
    if (!options.plan) keepHistory(folder, event, new Date());
    show(event);
  };
  const budget = await shareBudget(stacks, tell);
  const interruption = stopOnInterrupt((message) => {
    for (const { name: stack } of stacks) tell({ stack, type: "note", message });
  });
  const contexts = stacks.map((stack): RolloutContext => ({
    stack,
    folder,
    packs: packsOf(folder, options.policyPackConfig),
    refresh: options.refresh ?? false,
    allowRemovals: options.allowRemovals,
    // A plan shows what a resumed rollout would do, and asks for nothing.
    mode: options.resume || options.plan ? "resume" : options.restart ? "restart" : "start",
    gate: options.healthGate,
    gates: Math.min(options.concurrency, stacks.length),
    clock: realClock,
    stop: interruption.signal,
    tell,
  }));
  try {
    const ends = await rollOutStacks(contexts, {
      concurrency: options.concurrency,
      planOnly: options.plan ?? false,
    });
    if (!options.plan) tellWrites(stacks, budget.granted(), tell);
    process.exitCode = Math.max(...ends.map(exitCodeOf));
  } catch (error) {
    throw error instanceof UnfinishedRollout ? new UsageError(error.message) : error;
  } finally {
    interruption.release();
    await budget.close();
  }
}

/** The providers of all stacks ask this process for their turn to write. */
async function shareBudget(
  stacks: readonly OpenStack[],
  tell: RolloutContext["tell"],
): Promise<WriteBudget> {
  const isSteady = stacks.some(({ settings }) => settings.pace === "steady");
  const budget = await startWriteBudget({
    pace: createWritePace(isSteady ? "steady" : "burst"),
    now: () => Date.now(),
    onLongWait(milliseconds) {
      const message = `GitHub's budget for writes is used up: waiting ${Math.ceil(milliseconds / 1000)} s`;
      for (const { name: stack } of stacks) tell({ stack, type: "note", message });
    },
  });
  for (const { automation } of stacks) {
    automation.workspace.envVars["GHCR_FLEET_WRITE_BUDGET"] = budget.url;
  }
  return budget;
}

function tellWrites(
  stacks: readonly OpenStack[],
  writes: number,
  tell: RolloutContext["tell"],
): void {
  if (stacks.length < 2) return;
  const message = `${writes} writes of ${stacks.length} stacks kept one pace`;
  for (const { name: stack } of stacks.slice(0, 1)) tell({ stack, type: "note", message });
}

/** Each of two stacks would take the other's repositories out of the one secret that both write. */
function assertApart(stacks: readonly OpenStack[]): void {
  const places = new Map<string, string>();
  for (const { name, connection, settings } of stacks) {
    if (settings.secret.scope !== "organization") continue;
    const place = `${connection.owner}/${settings.secret.name}`.toLowerCase();
    const other = places.get(place);
    if (other !== undefined) {
      throw new UsageError(
        `the stacks ${other} and ${name} both write the organisation's secret ${settings.secret.name}: ` +
          "give them secrets of the repositories (fleet.secret.scope: repository), or one stack",
      );
    }
    places.set(place, name);
  }
}
