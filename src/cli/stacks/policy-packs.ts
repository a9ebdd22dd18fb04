import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RolloutContext } from "../../operations/rollout/plan-rollout.ts";

/**
 * The product's own policy pack.
 *
 * @param config file with thresholds and exceptions
 * @throws {UsageError} the file cannot be read, or is not a policy configuration
 */
export async function policyPacks(
  config: string | undefined,
): Promise<Required<Pick<RolloutContext["packs"], "policyPacks">> & RolloutContext["packs"]> {
  if (config !== undefined) {
    // The engine ignores a misspelt rule. Loaded only here, because it loads all rules.
    const { readPolicyConfig } = await import("./read-policy-config.ts");
    await readPolicyConfig(config);
  }
  return {
    policyPacks: [fileURLToPath(new URL("../../../policy", import.meta.url))],
    ...(config !== undefined && { policyPackConfigs: [resolve(config)] }),
  };
}
