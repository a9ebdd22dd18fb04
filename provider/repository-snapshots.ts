import DataLoader from "dataloader";
import type { GitHubClient } from "../src/github/github-client.ts";
import { readRepositories, type RepositorySnapshot } from "../src/github/repository-snapshot.ts";

/** Without a branch: the default branch. */
type Key = readonly [name: string, branch?: string];

/**
 * Repositories as GitHub shows them now, read in batches and remembered until they are written to.
 *
 * The engine asks for a few resources at a time. A second question shows that there are more to
 * come, and as the fleet is known, it is answered for all of it with one query per hundred.
 */
export class RepositorySnapshots {
  readonly #fleet: readonly Key[];
  readonly #loader: DataLoader<Key, RepositorySnapshot | undefined, string>;
  #first: Key | undefined;
  #knowsFleet = false;

  constructor(github: GitHubClient, owner: string, fleet: Readonly<Record<string, string>>) {
    this.#fleet = Object.entries(fleet);
    this.#loader = new DataLoader<Key, RepositorySnapshot | undefined, string>(
      (keys) =>
        readRepositories(
          github,
          owner,
          keys.map(([name, branch]) => ({ name, branch })),
        ),
      // The engine's calls arrive milliseconds apart: wait for those that belong together.
      { cacheKeyFn: String, batchScheduleFn: (run) => void setTimeout(run, 20) },
    );
  }

  /** @returns `undefined` where no repository has this name now; renames are not followed */
  async get(name: string, branch?: string): Promise<RepositorySnapshot | undefined> {
    const key: Key = branch ? [name, branch] : [name];
    this.#first ??= key;
    const found = this.#loader.load(key);
    // What failed may be asked again.
    found.catch(() => this.#loader.clear(key));
    if (!this.#knowsFleet && this.#first[0] !== name) this.#readFleet();
    return found;
  }

  forget(name: string, branch: string): void {
    this.#loader.clear([name, branch]);
  }

  /** Failures reach those who ask. */
  #readFleet(): void {
    this.#knowsFleet = true;
    void this.#loader.loadMany(this.#fleet);
  }
}
