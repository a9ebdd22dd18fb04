import type { RolloutEnd } from "../operations/rollout/rollout-event.ts";

/** 0 done, 1 failed, 3 refused by a policy or by the health gate. */
export function exitCodeOf({ outcome, repositories }: RolloutEnd): 0 | 1 | 3 {
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
