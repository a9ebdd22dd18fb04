import DataLoader from "dataloader";
import type { GitHubClient } from "../src/github/github-client.ts";
import { readRepositories, type RepositorySnapshot } from "../src/github/repository-snapshot.ts";

/** Without a branch: the default branch. */
type Key = readonly [name: string, branch?: string];

/**
 * Repositories as GitHub shows them now, read in batches and remembered until they are written to.
 * The engine asks for one resource at a time and only a few at once; knowing the fleet, the first
 * question of a refresh is answered for all repositories with one query per hundred.
 */
export class RepositorySnapshots {
  readonly #fleet: Readonly<Record<string, string>>;
  readonly #loader: DataLoader<Key, RepositorySnapshot | undefined, string>;

  constructor(github: GitHubClient, owner: string, fleet: Readonly<Record<string, string>>) {
    this.#fleet = fleet;
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

  async get(name: string, branch?: string): Promise<RepositorySnapshot | undefined> {
    return this.#loader.load(branch ? [name, branch] : [name]);
  }

  /** Like {@link get}, and reads the rest of the fleet along with it. */
  async getWithFleet(name: string, branch: string): Promise<RepositorySnapshot | undefined> {
    const fleet = Object.entries(this.#fleet).map((key) => this.#loader.load(key));
    // Each repository's own read reports its failure; here only the one asked for counts.
    const [found] = await Promise.all([this.get(name, branch), Promise.allSettled(fleet)]);
    return found;
  }

  forget(name: string, branch: string): void {
    this.#loader.clear([name, branch]);
  }
}
