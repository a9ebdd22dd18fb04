import { UserError } from "../user-error.ts";
import type { FleetConfig, RepositorySettings } from "./fleet-config.ts";
import type { SkippedRepository } from "./fleet.ts";
import { nameMatcher } from "./name-patterns.ts";

/** The facts about a repository on GitHub that the selection needs. */
export interface FoundRepository {
  readonly name: string;
  readonly id: number;
  readonly visibility: "public" | "private" | "internal";
  readonly archived: boolean;
  readonly disabled: boolean;
  readonly empty: boolean;
  readonly defaultBranch: string | undefined;
  readonly topics: readonly string[];
}

export interface Selection {
  /**
   * A repository of the fleet with the settings of the matching entries, later and more exact ones
   * last.
   */
  readonly selected: readonly {
    repository: FoundRepository;
    settings: readonly RepositorySettings[];
  }[];
  readonly skipped: readonly SkippedRepository[];
}

/** The names in the configuration, or `undefined` if it also has patterns or topics. */
export function namedRepositories(config: FleetConfig): string[] | undefined {
  const names = config.repositories.map((entry) => entry.name);
  return names.every((name) => name !== undefined) ? names : undefined;
}

/**
 * Finds the existing repositories for names, patterns and topics.
 *
 * @throws {UserError} lists every name that does not exist and every pattern without a match
 */
export function selectRepositories(
  config: FleetConfig,
  owner: string,
  found: readonly FoundRepository[],
): Selection {
  assertAllFound(config, owner, found);
  const entriesOf = entriesFor(config);
  const selected: Selection["selected"][number][] = [];
  const skipped: SkippedRepository[] = [];
  for (const repository of [...found].sort(byName)) {
    const matching = entriesOf(repository);
    if (matching.length === 0) continue;
    const reason = whyNot(repository);
    if (reason) skipped.push({ name: repository.name, reason });
    else selected.push({ repository, settings: matching });
  }
  return { selected, skipped };
}

type Rule = FleetConfig["repositories"][number];

/** The entries that include a repository, the more exact ones last; none if it is left out. */
export function entriesFor(
  config: FleetConfig,
): (repository: Pick<FoundRepository, "name" | "topics">) => readonly Rule[] {
  const isExcluded = nameMatcher(config.exclude);
  const rules = [...config.repositories].sort(
    (a, b) => Number(a.name !== undefined) - Number(b.name !== undefined),
  );
  return (repository) =>
    isExcluded(repository.name) ? [] : rules.filter((rule) => matches(rule, repository));
}

function matches(rule: Rule, { name, topics }: Pick<FoundRepository, "name" | "topics">): boolean {
  if (rule.name !== undefined) return rule.name.toLowerCase() === name.toLowerCase();
  if (rule.topic !== undefined) return topics.includes(rule.topic);
  return nameMatcher([rule.match ?? ""])(name);
}

function assertAllFound(
  config: FleetConfig,
  owner: string,
  found: readonly FoundRepository[],
): void {
  const problems = config.repositories.flatMap((rule, index) => {
    if (found.some((repository) => matches(rule, repository))) return [];
    const at = `fleet.repositories[${index}]`;
    if (rule.name !== undefined) {
      return [
        `${at}.name: ${owner}/${rule.name} does not exist, or the admin token may not see it`,
      ];
    }
    if (rule.topic !== undefined) {
      return [
        `${at}.topic: no repository of ${owner} has the topic "${rule.topic}"; correct or remove it`,
      ];
    }
    return [`${at}.match: "${rule.match}" matches no repository of ${owner}; correct or remove it`];
  });
  if (problems.length > 0) {
    throw new UserError(
      `entries of the fleet match no repository:\n${problems.map((each) => `  ${each}`).join("\n")}`,
    );
  }
}

function whyNot(repository: FoundRepository): string | undefined {
  if (repository.archived) return "archived: unarchive it to bring it in";
  if (repository.disabled) return "disabled by GitHub: ask its support";
  if (repository.empty || !repository.defaultBranch)
    return "empty: push a first commit to bring it in";
  return undefined;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
