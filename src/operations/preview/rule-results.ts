import { repositoryOf } from "../../stack/engine-change.ts";
import { plain } from "../../stack/engine-errors.ts";
import type { EventLog } from "./event-log.ts";
import type { RuleResult } from "./stack-preview.ts";

/** The engine's message for a rule that needs a value which preview does not know. */
const cannotRun = /^can't run policy /;

/**
 * Broken rules, mandatory ones first, and the rules that only the update can judge. The engine also judges what it
 * refreshed and deletes afterwards: advice about that would be about what the update itself repairs.
 */
export function ruleResults({ policies, planned }: Pick<EventLog, "policies" | "planned">): {
  rules: RuleResult[];
  openRules: string[];
} {
  const events = policies.filter(
    ({ enforcementLevel, resourceUrn = "" }) =>
      enforcementLevel === "mandatory" || planned.get(resourceUrn)?.operation !== "delete",
  );
  const open = events.filter(({ message }) => cannotRun.test(plain(message)));
  const broken = events.filter((event) => !open.includes(event));
  const rules = broken.map((event): RuleResult => {
    // The first line is the rule's description, the rest is the violation and the fix.
    const [description = "", ...rest] = plain(event.message).split("\n");
    return {
      rule: event.policyName,
      level: event.enforcementLevel === "mandatory" ? "mandatory" : "advisory",
      subject: subjectOf(event.resourceUrn),
      message: rest.join(" ").trim() || description,
    };
  });
  return {
    rules: rules.sort((a, b) => rank(a) - rank(b) || a.rule.localeCompare(b.rule, "en")),
    openRules: [...new Set(open.map(({ policyName }) => policyName))].sort(),
  };
}

function rank({ level }: RuleResult): number {
  return level === "mandatory" ? 0 : 1;
}

function subjectOf(urn: string | undefined): string | undefined {
  if (urn === undefined || urn.includes("::pulumi:pulumi:Stack::")) return undefined;
  return repositoryOf(urn) ?? urn.split("::").at(-1);
}
