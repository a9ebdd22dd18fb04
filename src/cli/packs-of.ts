import { join, resolve } from "node:path";
import type { RolloutContext } from "../operations/rollout/plan-rollout.ts";

/**
 * The policy pack of the project itself.
 *
 * @param config file with thresholds and exceptions
 */
export function packsOf(folder: string, config: string | undefined): RolloutContext["packs"] {
  return {
    policyPacks: [join(folder, "policy")],
    ...(config !== undefined && { policyPackConfigs: [resolve(config)] }),
  };
}
