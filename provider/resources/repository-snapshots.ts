import DataLoader from "dataloader";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import {
  readRepositories,
  type RepositorySnapshot,
} from "../../src/github/repositories/repository-snapshot.ts";
import { isSameName } from "../../src/is-same-name.ts";

/** A branch of a repository; without one, the default branch. */
interface SnapshotPlace {
  readonly owner: string;
  readonly repository: string;
  readonly branch?: string | undefined;
}

/** How many repositories one query reads. */
const oneQuery = 100;

/** Without a branch: the default branch. */
type Key = readonly [name: string, branch?: string];

/**
 * Repositories as GitHub shows them now, read in batches and cached until they are written to.
 *
 * The engine asks for a few resources at a time. A second repository shows that more will follow, so
 * the whole fleet is read then, with one query per hundred repositories. A fleet that fits into one query
 * is read at once.
 */
export class RepositorySnapshots {
  readonly #github: GitHubClient;
  readonly #owner: string;
  readonly #fleet: readonly Key[];
  readonly #loader: DataLoader<Key, RepositorySnapshot | undefined, string>;
  readonly #cached = new Map<string, Promise<RepositorySnapshot | undefined>>();
  #first: Key | undefined;
  #knowsFleet = false;

  constructor(github: GitHubClient, owner: string, fleet: Readonly<Record<string, string>>) {
    this.#github = github;
    this.#owner = owner;
    this.#fleet = Object.entries(fleet);
    this.#loader = new DataLoader<Key, RepositorySnapshot | undefined, string>(
      (keys) =>
        readRepositories(
          github,
          owner,
          keys.map(([name, branch]) => ({ name, branch })),
        ),
      // The engine's calls arrive milliseconds apart: wait for calls that belong together.
      {
        cacheKeyFn: String,
        cacheMap: this.#cached,
        batchScheduleFn: (run) => void setTimeout(run, 20),
      },
    );
  }

  /** @returns `undefined` where no repository has this name now; renames are not followed */
  async get({ owner, repository, branch }: SnapshotPlace): Promise<RepositorySnapshot | undefined> {
    if (!this.isOwner(owner)) {
      // A resource of the stack's former owner.
      return (await readRepositories(this.#github, owner, [{ name: repository, branch }]))[0];
    }
    const key: Key = branch ? [repository, branch] : [repository];
    this.#first ??= key;
    const found = this.#load(key);
    const isSmall = this.#fleet.length <= oneQuery;
    if (!this.#knowsFleet && (isSmall || this.#first[0] !== repository)) this.#readFleet();
    return found;
  }

  /** Like {@link get}, on the fleet's branch: for callers that need no particular one. */
  async find(place: Omit<SnapshotPlace, "branch">): Promise<RepositorySnapshot | undefined> {
    const isSame = ([name]: Key) => name === place.repository;
    return this.get({ ...place, branch: this.#fleet.find(isSame)?.[1] });
  }

  /** The next repositories of the fleet that have the branch. */
  async following({ name }: RepositorySnapshot, count: number): Promise<RepositorySnapshot[]> {
    const isSame = ([other]: Key) => isSameName(other, name);
    const start = this.#fleet.findIndex(isSame) + 1;
    const next = start === 0 ? [] : this.#fleet.slice(start, start + count);
    if (next.length > 0 && !this.#knowsFleet) this.#readFleet();
    const found = await Promise.allSettled(next.map((key) => this.#load(key)));
    return found.flatMap((each) =>
      each.status === "fulfilled" && each.value?.head ? [each.value] : [],
    );
  }

  forget({ repository, branch }: Required<SnapshotPlace>): void {
    this.#loader.clear(branch ? [repository, branch] : [repository]);
  }

  isOwner(owner: string): boolean {
    return isSameName(owner, this.#owner);
  }

  /** The loader returns even a cached value only with its next batch, 20 ms later. */
  #load(key: Key): Promise<RepositorySnapshot | undefined> {
    const cached = this.#cached.get(String(key));
    if (cached) return cached;
    const found = this.#loader.load(key);
    // A failed read may be repeated.
    found.catch(() => this.#loader.clear(key));
    return found;
  }

  /** Failures are reported to the callers of `get`. */
  #readFleet(): void {
    this.#knowsFleet = true;
    void this.#loader.loadMany(this.#fleet);
  }
}
