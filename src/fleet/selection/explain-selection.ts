import type { Account } from "../../account.ts";
import type { FleetConfig } from "../fleet-config.ts";
import type { FleetRepository } from "../fleet.ts";
import { nameMatcher } from "../name-patterns.ts";
import { resolveSelection } from "../resolve-fleet.ts";
import { selectRepositories, type FoundRepository } from "./select-repositories.ts";
import { describeSelector, leavesOf, selects } from "./selectors.ts";

/** Why a repository of the owner is in the fleet, or is not. */
export interface ExplainedRepository {
  readonly name: string;
  /** The entries that select it, in the order of the configuration, even where it is left out. */
  readonly rules: readonly SelectingRule[];
  /** Why it is left out; absent where it is in the fleet. */
  readonly reason: string | undefined;
  /** All its settings; absent where it is left out. */
  readonly settings: FleetRepository | undefined;
  /** Those of them that the configuration changes. */
  readonly changed: Partial<FleetRepository>;
}

export interface SelectingRule {
  /** `fleet.repositories[0]` */
  readonly at: string;
  /** `topic container` */
  readonly selector: string;
}

/**
 * Why each of the owner's repositories is in the fleet or is not, by name.
 *
 * @throws {UserError} an entry matches no repository, or a setting fits none
 */
export function explainSelection(
  config: FleetConfig,
  account: Account,
  found: readonly FoundRepository[],
): ExplainedRepository[] {
  const selection = selectRepositories(config, account.owner, found);
  const plain = { ...selection, selected: selection.selected.map(withoutSettings) };
  const byName = (selected: typeof selection, defaults: FleetConfig["defaults"]) =>
    new Map(
      resolveSelection({ ...config, defaults }, account, selected).repositories.map((each) => [
        each.name,
        each,
      ]),
    );
  const settings = byName(selection, config.defaults);
  const standard = byName(plain, {});
  const skipped = new Map(selection.skipped.map(({ name, reason }) => [name, reason]));
  const explained = found.map((repository): ExplainedRepository => {
    const { name } = repository;
    const own = settings.get(name);
    const pattern = config.exclude.find((each) => nameMatcher([each])(name));
    const unselected = pattern === undefined ? "no entry selects it" : `exclude has ${pattern}`;
    return {
      name,
      rules: config.repositories.flatMap((rule, index) =>
        selects(rule, repository)
          ? [{ at: `fleet.repositories[${index}]`, selector: describeSelector(rule) }]
          : [],
      ),
      reason: own ? undefined : (skipped.get(name) ?? unselected),
      settings: own,
      changed: own ? differences(standard.get(name), own) : {},
    };
  });
  return explained.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The parts of entries that no repository matches: `{ at: "fleet.repositories[0].all[1].not", selector: "topic
 * archived" }`. That is right where they wait for their first repository.
 */
export function unmatchedSelectors(
  config: FleetConfig,
  found: readonly FoundRepository[],
): SelectingRule[] {
  return config.repositories
    .flatMap((rule, index) => leavesOf(rule, `fleet.repositories[${index}]`))
    .filter(({ selector }) => !found.some((repository) => selects(selector, repository)))
    .map(({ at, selector }) => ({ at, selector: describeSelector(selector) }));
}

function withoutSettings<T>(each: T): T & { settings: [] } {
  return { ...each, settings: [] };
}

function differences(
  standard: FleetRepository | undefined,
  own: FleetRepository,
): Partial<FleetRepository> {
  // What a caller passes are the other settings.
  const isChanged = ([key, value]: [string, unknown]) =>
    key !== "passed" &&
    JSON.stringify(value) !== JSON.stringify(standard?.[key as keyof FleetRepository]);
  return Object.fromEntries(Object.entries(own).filter(isChanged));
}
