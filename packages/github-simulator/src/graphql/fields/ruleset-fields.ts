import type { Ruleset } from "../../world/state/branch-rule.ts";
import type { Organisation } from "../../world/state/accounts.ts";
import type { Repository } from "../../world/state/repository.ts";
import { accountNode } from "../core/node.ts";
import { graphqlError, type Arguments, type Resolvers, fieldsOf } from "../core/resolver.ts";

interface RulesetNode {
  /** The ruleset's owner. */
  holder: Organisation | Repository;
  ruleset: Ruleset;
}

/** Rulesets for the requested kinds of target: all here are for branches. */
export function listRulesets(
  rulesets: readonly Ruleset[],
  holderOf: (ruleset: Ruleset) => Organisation | Repository,
  args: Arguments,
) {
  const targets = args.targets as string[] | null | undefined;
  const found = targets == null || targets.includes("BRANCH") ? rulesets : [];
  return found.map((ruleset) => ({
    type: "RepositoryRuleset",
    holder: holderOf(ruleset),
    ruleset,
  }));
}

/** https://docs.github.com/en/graphql/reference/objects#repositoryruleset, as far as `gh ruleset list` uses it. */
export const rulesetFields: Resolvers<RulesetNode> = {
  databaseId: ({ ruleset }) => ruleset.id,
  ...fieldsOf<Ruleset>("ruleset", ["name"]),
  target: () => "BRANCH",
  enforcement: ({ ruleset }) => ruleset.enforcement.toUpperCase(),
  source: ({ holder }) =>
    "objects" in holder ? { type: "Repository", repository: holder } : accountNode(holder),
  rules: ({ ruleset }, args) => {
    if (args.type != null) {
      throw graphqlError("NOT_IMPLEMENTED", "the simulator does not implement rules(type:)");
    }
    return { totalCount: ruleset.rules.length };
  },
};
