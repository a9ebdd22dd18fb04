import picomatch from "picomatch";
import { propertiesOf } from "./custom-properties.ts";
import type { PropertyTarget, RepositoryCondition, Ruleset } from "../state/branch-rule.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/**
 * The rulesets for a repository: those of its organisation that include it, and its own.
 * https://docs.github.com/en/organizations/managing-organization-settings/creating-rulesets-for-repositories-in-your-organization
 */
export function rulesetsOver(world: World, repository: Repository): Ruleset[] {
  const inherited = world.findOrganisation(repository.owner)?.rulesets ?? [];
  return [
    ...inherited.filter(({ repositories }) => meets(world, repository, repositories)),
    ...repository.rulesets,
  ];
}

function meets(
  world: World,
  repository: Repository,
  condition: RepositoryCondition | undefined,
): boolean {
  if (condition === undefined) return false;
  if ("repository_id" in condition) {
    return condition.repository_id.repository_ids.includes(repository.id);
  }
  if ("repository_property" in condition) {
    const values = propertiesOf(world, repository);
    const has = ({ name, property_values }: PropertyTarget) =>
      property_values.some((value) => [values[name] ?? []].flat().includes(value));
    const { include, exclude } = condition.repository_property;
    return include.length > 0 && include.every(has) && !exclude.some(has);
  }
  const { include, exclude } = condition.repository_name;
  const isNamed = (pattern: string) =>
    pattern === "~ALL" || picomatch.isMatch(repository.name, pattern, { dot: true, nocase: true });
  return include.some(isNamed) && !exclude.some(isNamed);
}
