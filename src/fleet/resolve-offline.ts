import type { Place } from "../account.ts";
import { registryOf } from "../github-host.ts";
import type { FleetConfig } from "./fleet-config.ts";
import type { Fleet } from "./fleet.ts";
import { assertRunnersUsed } from "./images/assert-runners-used.ts";
import { assertOwnImages, resolveSelection } from "./resolve-fleet.ts";
import { entriesFor, type FoundRepository } from "./selection/select-repositories.ts";
import { describeSelector, isAboutNames } from "./selection/selectors.ts";

/** The meaning of one entry of the configuration, as far as it is known without GitHub. */
export interface OfflineEntry {
  /** Its index in `fleet.repositories`. */
  readonly index: number;
  /** Whether it names one repository, and not any number of them. */
  readonly named: boolean;
  /** The possible fleets, with one repository each; none if the repository is left out. */
  readonly fleets: readonly Fleet[];
}

/**
 * The meaning of the configuration without GitHub: each named repository, and for each other
 * selector one repository with that entry's settings. A repository that may be public or private is
 * included as both, and the owner is judged as an organisation, as in {@link unknownOffline}.
 *
 * @throws {UsageError} several named repositories would publish to one image, or a platform has a runner and is
 *   not built
 */
export function resolveOffline(config: FleetConfig, place: Place): OfflineEntry[] {
  const account = { ...place, ownerKind: "Organization" } as const;
  // Nobody knows here whether the other entries select a repository.
  const byName = entriesFor({ ...config, repositories: config.repositories.filter(isAboutNames) });
  const entriesOf = (name: string) => byName({ ...standIn, name, visibility: "private" });
  const entries = config.repositories.map((entry, index) => {
    const { name } = entry;
    const settings = name === undefined ? [entry] : entriesOf(name);
    const found = { ...standIn, name: name ?? nameLike(entry.match ?? describeSelector(entry)) };
    const fleets = (["public", "private"] as const).map((visibility) => {
      const repository = { ...found, visibility };
      return resolveSelection(config, account, {
        selected: [{ repository, settings }],
        skipped: [],
      });
    });
    const isOut = settings.length === 0;
    return { index, named: name !== undefined, settings, fleets: isOut ? [] : fleets };
  });
  const named = entries.filter((entry) => entry.named);
  assertOwnImages(
    `${registryOf(place.host, config.registry)}/${place.owner.toLowerCase()}`,
    named.flatMap(({ fleets }) => fleets[0]?.repositories ?? []),
  );
  assertRunnersUsed(
    config,
    entries.map(({ settings, fleets }) => ({ settings, repository: fleets[0]?.repositories[0] })),
  );
  return entries;
}

/** The facts that only GitHub knows about a configuration, each in one sentence. */
export function unknownOffline({ repositories, defaults, secret }: FleetConfig): string[] {
  const modes = repositories.map(
    ({ workflows }) => workflows?.mode ?? defaults.workflows?.mode ?? "auto",
  );
  const searches = repositories.flatMap((entry, index) =>
    entry.name === undefined
      ? [
          `fleet.repositories[${index}]: which repositories are selected by ${describeSelector(entry)}; an example was judged`,
        ]
      : [],
  );
  const branch =
    defaults.branch === undefined && repositories.some((entry) => entry.branch === undefined);
  return [
    ...searches,
    ...(secret.scope === undefined
      ? [
          "fleet.secret.scope: whether the owner is an organisation or a user; an organisation was judged",
        ]
      : []),
    "fleet.repositories: which of them exist, are archived, public or private; both were judged",
    ...(branch
      ? ["fleet.repositories: the default branch if none is configured; main was assumed"]
      : []),
    ...(modes.includes("auto")
      ? [
          "fleet.repositories: which of them publish already, so that their own workflows are repaired; the templates were judged",
        ]
      : []),
    ...(modes.includes("repair")
      ? [
          "fleet.repositories: the workflows that are repaired; ghcr-fleet check <checkout> judges them",
        ]
      : []),
  ];
}

const standIn: Omit<FoundRepository, "name" | "visibility"> = {
  id: 0,
  archived: false,
  disabled: false,
  empty: false,
  defaultBranch: undefined,
  topics: [],
};

/** A possible name of a repository with this pattern or description. */
function nameLike(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, "x").slice(0, 100);
}
