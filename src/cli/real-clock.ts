import { setTimeout } from "node:timers/promises";
import type { RolloutClock } from "../operations/rollout/health-gate.ts";

export const realClock: RolloutClock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
};
