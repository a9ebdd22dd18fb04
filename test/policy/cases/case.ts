import type { Rule } from "../../../policy/model/rule.ts";
import type { Program } from "../run-policy.ts";

/** Four programs for a rule. */
export interface RuleCase {
  readonly rule: Rule;
  readonly violating: Program;
  /** The rule's message, without the remediation. */
  readonly says: readonly string[];
  readonly missing: Program;
  readonly saysMissing: readonly string[];
  readonly passing: Program;
  /** Preview does not know the relevant value; absent if the rule judges a configuration. */
  readonly unknown?: Program;
}
