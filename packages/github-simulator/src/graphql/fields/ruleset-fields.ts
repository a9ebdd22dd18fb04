import { nodeId } from "../../serializers/node-id.ts";
import type { RepositoryCondition, Ruleset } from "../../world/state/branch-rule.ts";
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
  ...fieldsOf<Ruleset>("ruleset", ["name", "createdAt", "updatedAt"]),
  target: () => "BRANCH",
  enforcement: ({ ruleset }) => ruleset.enforcement.toUpperCase(),
  source: ({ holder }) =>
    "objects" in holder ? { type: "Repository", repository: holder } : accountNode(holder),
  conditions: ({ ruleset: { include, exclude, repositories } }) => ({
    refName: { include, exclude },
    organizationProperty: null,
    repositoryId: null,
    repositoryName: null,
    repositoryProperty: null,
    ...(repositories && targetOf(repositories)),
  }),
  rules: ({ ruleset }, args) => {
    if (args.type != null) {
      throw graphqlError("NOT_IMPLEMENTED", "the simulator does not implement rules(type:)");
    }
    return { totalCount: ruleset.rules.length };
  },
};

function targetOf(condition: RepositoryCondition) {
  if ("repository_id" in condition) {
    const ids = condition.repository_id.repository_ids;
    return { repositoryId: { repositoryIds: ids.map((id) => nodeId("Repository", id)) } };
  }
  if ("repository_name" in condition) {
    const { include, exclude, protected: isProtected = false } = condition.repository_name;
    return { repositoryName: { include, exclude, protected: isProtected } };
  }
  const { include, exclude } = condition.repository_property;
  const shape = (targets: typeof include) =>
    targets.map(({ name, property_values, source }) => ({
      name,
      propertyValues: property_values,
      source,
    }));
  return { repositoryProperty: { include: shape(include), exclude: shape(exclude) } };
}
