import { setTimeout } from "node:timers/promises";
import type { RolloutContext } from "../../operations/rollout/plan-rollout.ts";
import { warnOnce, type RolloutEnd } from "../../operations/waves/rollout-event.ts";
import type { OpenStack, StackPlace } from "../../stack/open-stack.ts";
import { confirm } from "../terminal/confirm.ts";
import { printEventLines, printEventsAsJson } from "../terminal/print-rollout.ts";
import { policyPacks } from "./policy-packs.ts";
import { recordEvent } from "./rollout-history.ts";

export interface WavesCommand {
  readonly healthGate: boolean;
  readonly policyPackConfig?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** What every stack of the command runs with. */
export type SharedContext = Pick<
  RolloutContext,
  "folder" | "packs" | "gate" | "clock" | "stop" | "report" | "confirm"
>;

/**
 * Runs a rollout or a rotation of stacks: prints its events, records them for `ghcr-fleet report`, and
 * stops it on Ctrl-C. The process ends with the worst exit code of the stacks.
 *
 * @param record whether the events go into the history
 */
export async function applyInWaves(
  { folder }: StackPlace,
  stacks: readonly Pick<OpenStack, "name">[],
  {
    healthGate,
    policyPackConfig,
    json,
    yes,
    question,
  }: WavesCommand & { readonly question: string },
  { record }: { readonly record: boolean },
  run: (shared: SharedContext) => Promise<readonly RolloutEnd[]>,
): Promise<void> {
  const packs = await policyPacks(policyPackConfig);
  const print = (json ? printEventsAsJson : printEventLines)(process.stdout);
  const report = warnOnce((event) => {
    if (record) recordEvent(folder, event, new Date());
    print(event);
  });
  const interruption = stopOnInterrupt((message) => {
    for (const { name: stack } of stacks) report({ stack, type: "note", message });
  });
  let answer: Promise<boolean> | undefined;
  try {
    const ends = await run({
      folder,
      packs,
      gate: healthGate,
      clock: systemClock,
      stop: interruption.signal,
      report,
      // One answer is for all stacks of the command, so that nobody has to wait for the next question.
      confirm: () => (answer ??= yes ? Promise.resolve(true) : confirm(question)),
    });
    process.exitCode = Math.max(...ends.map(exitCodeOf));
  } finally {
    interruption.release();
  }
}

const systemClock: RolloutContext["clock"] = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** 0 done, 1 failed, 2 the admin token lacks rights, 3 refused by a policy or by the health gate. */
function exitCodeOf({ outcome, repositories }: RolloutEnd): 0 | 1 | 2 | 3 {
  switch (outcome) {
    case "nothing-to-do":
    case "planned":
      return 0;
    case "done":
      return Object.values(repositories).some(({ state }) => state === "failed") ? 1 : 0;
    case "unable":
      return 2;
    case "refused":
    case "unhealthy":
      return 3;
    case "declined":
    case "failed":
    case "stopped":
      return 1;
  }
}

/**
 * The first Ctrl-C asks to stop: writes that are running end first. The second one ends the process at
 * once; `ghcr-fleet recover` repairs what that leaves.
 */
function stopOnInterrupt(print: (message: string) => void): {
  signal: AbortSignal;
  release: () => void;
} {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(1);
    print("stopping when the running writes have ended; Ctrl-C once more ends at once");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
