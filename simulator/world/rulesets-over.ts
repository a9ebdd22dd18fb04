import picomatch from "picomatch";
import type { Repository, RepositoryCondition, Ruleset } from "./state.ts";
import type { World } from "./world.ts";

/**
 * The rulesets that hold a repository: its organisation's that mean it, and its own.
 * https://docs.github.com/en/organizations/managing-organization-settings/creating-rulesets-for-repositories-in-your-organization
 */
export function rulesetsOver(world: World, repository: Repository): Ruleset[] {
  const inherited = world.findOrganisation(repository.owner)?.rulesets ?? [];
  return [
    ...inherited.filter(({ repositories }) => meets(repository, repositories)),
    ...repository.rulesets,
  ];
}

function meets(repository: Repository, condition: RepositoryCondition | undefined): boolean {
  if (condition === undefined) return false;
  if ("repository_id" in condition) {
    return condition.repository_id.repository_ids.includes(repository.id);
  }
  const { include, exclude } = condition.repository_name;
  const isNamed = (pattern: string) =>
    pattern === "~ALL" || picomatch.isMatch(repository.name, pattern, { dot: true, nocase: true });
  return include.some(isNamed) && !exclude.some(isNamed);
}
