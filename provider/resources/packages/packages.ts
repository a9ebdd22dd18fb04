import {
  listPackages,
  readPackage,
  type ContainerPackage,
} from "../../../src/github/packages/container-packages.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";

/** Up to this number of repositories, a request for each package costs less than the organisation's list. */
const smallFleet = 5;

/**
 * Packages as GitHub shows them now. All packages of a fleet are read at once, a hundred with one
 * request, and cached until they are written to.
 */
export class Packages {
  readonly #github: GitHubClient;
  readonly #owner: string;
  readonly #fleetSize: number;
  readonly #outdated = new Set<string>();
  #listed: Promise<ReadonlyMap<string, ContainerPackage>> | undefined;

  constructor(github: GitHubClient, owner: string, fleetSize: number) {
    this.#github = github;
    this.#owner = owner;
    this.#fleetSize = fleetSize;
  }

  async get(name: string): Promise<ContainerPackage | undefined> {
    if (this.#fleetSize <= smallFleet || this.#outdated.has(name)) {
      return readPackage(this.#github, this.#owner, name);
    }
    return (await this.#list()).get(name);
  }

  #list(): Promise<ReadonlyMap<string, ContainerPackage>> {
    const listed = (this.#listed ??= listPackages(this.#github, this.#owner));
    // A failed read may be repeated.
    listed.catch(() => (this.#listed = undefined));
    return listed;
  }

  /** Names of packages by the repository that they are linked to, in lower case; none where hidden. */
  async linked(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (this.#fleetSize <= smallFleet) return new Map();
    const found = await this.#list().catch(() => new Map<string, ContainerPackage>());
    return Map.groupBy(found.keys(), (name) => {
      const [, repository = ""] = (found.get(name)?.repository ?? "").toLowerCase().split("/");
      return repository;
    });
  }

  /** Makes the next {@link get} read this one again. */
  forget(name: string): void {
    this.#outdated.add(name);
  }
}
