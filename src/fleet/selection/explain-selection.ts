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
  /** Those of them that the configuration changes; of a group of settings, those of the group. */
  readonly changed: Changed<FleetRepository>;
}

type Changed<Settings> = {
  readonly [Key in keyof Settings]?: Settings[Key] extends readonly unknown[]
    ? Settings[Key]
    : Partial<Settings[Key]>;
};

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
): Changed<FleetRepository> {
  // What a caller passes are the other settings.
  const changed = Object.entries(changedIn(standard, own)).filter(([key]) => key !== "passed");
  return Object.fromEntries(changed);
}

function changedIn<Settings extends object>(
  standard: object | undefined,
  own: Settings,
): Changed<Settings> {
  const before = new Map<string, unknown>(Object.entries(standard ?? {}));
  const changed = Object.entries(own).flatMap(([key, value]: [string, unknown]) => {
    const was = before.get(key);
    if (JSON.stringify(value) === JSON.stringify(was)) return [];
    return [[key, isGroup(value) && isGroup(was) ? changedIn(was, value) : value]];
  });
  return Object.fromEntries(changed) as Changed<Settings>;
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
