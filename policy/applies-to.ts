import type { Resource, ResourceRule, WorkflowRule } from "./rule.ts";
import { workflowTypes } from "./rules/workflow-resources.ts";

/** Whether a rule about single resources judges those of this type. */
export function concerns(
  rule: ResourceRule | WorkflowRule,
  { type }: Pick<Resource, "type">,
): boolean {
  const types = rule.kind === "workflow" ? workflowTypes : rule.resourceTypes;
  return types === "all" || types.includes(type);
}
