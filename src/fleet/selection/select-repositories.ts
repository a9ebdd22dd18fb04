import { UsageError } from "../../user-error.ts";
import type { FleetConfig, RepositorySettings } from "../fleet-config.ts";
import type { SkippedRepository } from "../fleet.ts";
import { nameMatcher } from "../name-patterns.ts";
import { assertNone } from "../problems.ts";
import {
  describeSelector,
  kindOf,
  leavesOf,
  selects,
  namedBy,
  type RepositoryFacts,
  type Selector,
} from "./selectors.ts";
import { isSameName } from "../../is-same-name.ts";

/** What the fleet needs to know about a repository on GitHub. */
export interface FoundRepository extends RepositoryFacts {
  readonly id: number;
  readonly archived: boolean;
  readonly disabled: boolean;
  readonly empty: boolean;
  readonly defaultBranch: string | undefined;
  /** Whether pull requests reach the default branch through a merge queue. */
  readonly mergeQueue?: boolean;
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
  /** The repository that holds the shared workflow; absent without one, and where GitHub was not asked. */
  readonly central?: FoundRepository;
}

/** The names in the configuration, that of the central repository too; or `undefined` if it also has other selectors. */
export function namedRepositories(config: FleetConfig): string[] | undefined {
  const names = config.repositories.map((entry) => entry.name);
  if (!names.every((name) => name !== undefined)) return undefined;
  if (!config.shared) return names;
  const central = centralName(config.shared);
  const isNamed = names.some((name) => isSameName(name, central));
  return isNamed ? names : [...names, central];
}

/**
 * Finds the existing repositories for names and other selectors.
 *
 * @throws {UsageError} lists every entry without a match, and every name in one that nothing has
 */
export function selectRepositories(
  config: FleetConfig,
  owner: string,
  found: readonly FoundRepository[],
): Selection {
  assertAllFound(config, owner, found);
  const central = findCentral(config, owner, found);
  const entriesOf = entriesFor(config);
  const selected: Selection["selected"][number][] = [];
  const skipped: SkippedRepository[] = [];
  for (const repository of [...found].sort(byName)) {
    const matching = entriesOf(repository);
    if (matching.length === 0) continue;
    const isCentral = repository === central && !matching.some(({ name }) => name !== undefined);
    const reason = isCentral ? holdsShared : whyNot(repository);
    if (reason) skipped.push({ name: repository.name, reason });
    else selected.push({ repository, settings: matching });
  }
  return { selected, skipped, ...(central && { central }) };
}

const holdsShared =
  "it holds the fleet's shared workflow: name it in fleet.repositories to bring it in";

/** @throws {UsageError} the repository of `shared` is not the owner's, or does not exist */
function findCentral(
  { shared }: FleetConfig,
  owner: string,
  found: readonly FoundRepository[],
): FoundRepository | undefined {
  if (!shared) return undefined;
  assertOwnShared(shared.repository, owner);
  const central = found.find(({ name }) => isSameName(name, centralName(shared)));
  if (central) return central;
  throw new UsageError(
    `fleet.shared.repository: ${shared.repository} does not exist, or the admin token may not see it; create it with a first commit, or correct it`,
  );
}

/** @throws {UsageError} another account's repository, which the fleet does not look up */
export function assertOwnShared(repository: string, owner: string): void {
  const [holder = ""] = repository.split("/");
  if (isSameName(holder, owner)) return;
  throw new UsageError(
    `fleet.shared.repository: ${repository} does not belong to ${owner}, and only repositories of the fleet's owner are written; name one of ${owner}`,
  );
}

/** Without the owner, which is the fleet's. */
function centralName({ repository }: NonNullable<FleetConfig["shared"]>): string {
  return repository.slice(repository.indexOf("/") + 1);
}

type Rule = FleetConfig["repositories"][number];

/** The entries that include a repository, the more exact ones last; none if it is left out. */
export function entriesFor(config: FleetConfig): (repository: RepositoryFacts) => readonly Rule[] {
  const isExcluded = nameMatcher(config.exclude);
  const rules = [...config.repositories].sort(
    (a, b) => Number(a.name !== undefined) - Number(b.name !== undefined),
  );
  return (repository) =>
    isExcluded(repository.name) ? [] : rules.filter((rule) => selects(rule, repository));
}

function assertAllFound(
  config: FleetConfig,
  owner: string,
  found: readonly FoundRepository[],
): void {
  const isMissing = (by: Selector) => !found.some((repository) => selects(by, repository));
  const problem = (at: string, by: Selector) => `${at}.${kindOf(by)}: ${whyUnmatched(by, owner)}`;
  const problems = config.repositories.flatMap((rule, index) => {
    const place = `fleet.repositories[${index}]`;
    // Where another selector of the entry matches, a wrong name would let repositories in, or leave them out.
    const combined = leavesOf(rule, place).filter(({ selector }) => selector !== rule);
    const wrong = combined.flatMap(({ at, selector }) => {
      const named = namedBy(selector);
      return named && isMissing(named) ? [problem(at, named)] : [];
    });
    return wrong.length === 0 && isMissing(rule) ? [problem(place, rule)] : wrong;
  });
  assertNone(problems);
}

function whyUnmatched(rule: Selector, owner: string): string {
  const { name, match, topic, property, team } = rule;
  if (name !== undefined) {
    return `${owner}/${name} does not exist, or the admin token may not see it; correct or remove it`;
  }
  if (match !== undefined)
    return `"${match}" matches no repository of ${owner}; correct or remove it`;
  if (topic !== undefined) {
    return `no repository of ${owner} has the topic "${topic}"; correct or remove it`;
  }
  const described = describeSelector(rule);
  if (property !== undefined) {
    return `no repository of ${owner} has the ${described}; correct it (Custom properties in the organisation's settings lists names and values), set it on a repository, or remove it here`;
  }
  if (team !== undefined) {
    return `no repository of ${owner} is given to the ${described}; add one, or remove this`;
  }
  return `no repository of ${owner} is selected by ${described}; correct or remove it`;
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
