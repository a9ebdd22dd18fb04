import * as pulumi from "@pulumi/pulumi";
import type { Policies } from "@pulumi/policy";
import { policyContextOf } from "./model/policy-context.ts";
import { rules } from "./rules.ts";
import { storedTexts } from "./workflow/stored-text.ts";
import { toPolicy } from "./engine/to-policy.ts";

/**
 * All rules as policies, for a policy pack of one's own: `new PolicyPack("acme", { policies:
 * fleetPolicies() })`. Call it in a pack that the engine runs: they judge the configuration of its
 * stack.
 */
export function fleetPolicies(): Policies {
  const context = {
    ...policyContextOf(pulumi.runtime.allConfig(), {
      now: new Date(),
      preview: pulumi.runtime.isDryRun(),
    }),
    patWithheld: process.env["GHCR_FLEET_WITHOUT_PAT"] === "1" && pulumi.runtime.isDryRun(),
    texts: storedTexts(process.env),
    exceptions: new Map(),
  };
  return rules.map((rule) => toPolicy(rule, context));
}
