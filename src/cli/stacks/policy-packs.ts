import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RolloutContext } from "../../operations/rollout/plan-rollout.ts";

/**
 * The product's own policy pack.
 *
 * @param config file with thresholds and exceptions
 */
export function policyPacks(
  config: string | undefined,
): Required<Pick<RolloutContext["packs"], "policyPacks">> & RolloutContext["packs"] {
  return {
    policyPacks: [fileURLToPath(new URL("../../../policy", import.meta.url))],
    ...(config !== undefined && { policyPackConfigs: [resolve(config)] }),
  };
}
