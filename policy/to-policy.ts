import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Rule } from "./rule.ts";

/**
 * A rule in the form that the engine runs.
 *
 * Each resource is judged as it is registered. Where preview does not know a value yet, the engine
 * says that the rule could not run. What stayed open, and what was never registered (`--target`), is
 * judged once more with the whole stack. So nothing passes unseen, and nothing is reported twice.
 * https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/
 */
export function toPolicy<Thresholds extends object>(
  rule: Rule<Thresholds>,
): ResourceValidationPolicy & StackValidationPolicy {
  const progress = new Map<string, "open" | "judged">();

  return {
    name: rule.id,
    description: rule.description,
    enforcementLevel: rule.level,
    remediationSteps: rule.remediation,
    url: rule.source,
    ...(rule.thresholds && { configSchema: rule.thresholds }),

    validateResource(resource, reportViolation) {
      if (resource.type !== rule.resourceType) return;
      progress.set(resource.urn, "open");
      for (const must of rule.judge(resource.props, resource.getConfig<Thresholds>()))
        reportViolation(message(rule, resource, must));
      progress.set(resource.urn, "judged");
    },

    validateStack({ resources, getConfig }, reportViolation) {
      for (const resource of resources) {
        const state = progress.get(resource.urn);
        if (resource.type !== rule.resourceType || state === "judged") continue;
        try {
          for (const must of rule.judge(resource.props, getConfig<Thresholds>()))
            reportViolation(message(rule, resource, must), resource.urn);
        } catch (error) {
          // Still a preview, which has said so above; the next resource may be known.
          if (state !== "open") throw error;
        }
      }
    },
  };
}

function message(
  { remediation }: Pick<Rule, "remediation">,
  { name }: ResourceValidationArgs | PolicyResource,
  must: string,
): string {
  return `${name} must ${must}. ${remediation}`;
}
