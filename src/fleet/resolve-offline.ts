import type { FleetConfig } from "./fleet-config.ts";
import type { Fleet } from "./fleet.ts";
import { assertOwnImages, resolveFleet } from "./resolve-fleet.ts";
import { entriesFor, type FoundRepository } from "./select-repositories.ts";

/** What one entry of the configuration means, as far as that is known without GitHub. */
export interface OfflineEntry {
  /** Its index in `fleet.repositories`. */
  readonly index: number;
  /** Whether it names a repository, and does not stand for any number of them. */
  readonly named: boolean;
  /** The fleets that it may mean, with one repository each; none where the repository stays out. */
  readonly fleets: readonly Fleet[];
}

/**
 * What the configuration means without asking GitHub: each repository that it names, and for each
 * pattern and topic one repository with that entry's settings. A repository that may be public or
 * private stands there as both.
 *
 * @throws {UserError} several of the repositories that it names would publish to one image
 */
export function resolveOffline(config: FleetConfig, owner: string): OfflineEntry[] {
  const entriesOf = entriesFor(config);
  const entries = config.repositories.map((entry, index) => {
    const { name } = entry;
    const settings = name === undefined ? [entry] : entriesOf({ name, topics: [] });
    const found = { ...standIn, name: name ?? nameLike(entry.match ?? entry.topic) };
    const fleets = (["public", "private"] as const).map((visibility) => {
      const repository = { ...found, visibility };
      return resolveFleet(config, owner, { selected: [{ repository, settings }], skipped: [] });
    });
    return { index, named: name !== undefined, fleets: settings.length === 0 ? [] : fleets };
  });
  const named = entries.filter((entry) => entry.named);
  assertOwnImages(
    owner,
    named.flatMap(({ fleets }) => fleets[0]?.repositories ?? []),
  );
  return entries;
}

/** What only GitHub can say of a configuration, each in one sentence. */
export function unknownOffline({ repositories, defaults }: FleetConfig): string[] {
  const searches = repositories.flatMap(({ match, topic }, index) => {
    const at = `fleet.repositories[${index}]`;
    if (match !== undefined) return [`${at}: which repositories match; one was made up`];
    if (topic !== undefined) return [`${at}: which repositories have the topic; one was made up`];
    return [];
  });
  const branch =
    defaults.branch === undefined && repositories.some((entry) => entry.branch === undefined);
  return [
    ...searches,
    "fleet.repositories: which of them exist, are archived, public or private; both were judged",
    ...(branch
      ? ["fleet.repositories: the default branch where none is configured; main was taken"]
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

/** A name that a repository of this pattern or topic could have. */
function nameLike(text = ""): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, "x").slice(0, 100);
}
