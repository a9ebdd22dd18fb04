import { join, resolve } from "node:path";
import type { RolloutContext } from "../../operations/rollout/plan-rollout.ts";

/**
 * The project's own policy pack.
 *
 * @param config file with thresholds and exceptions
 */
export function policyPacks(
  folder: string,
  config: string | undefined,
): Required<Pick<RolloutContext["packs"], "policyPacks">> & RolloutContext["packs"] {
  return {
    policyPacks: [join(folder, "policy")],
    ...(config !== undefined && { policyPackConfigs: [resolve(config)] }),
  };
}
