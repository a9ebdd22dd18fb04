import type { Account } from "../../../src/account.ts";
import {
  ContainerPackages,
  type ContainerPackage,
} from "../../../src/github/packages/container-packages.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";

/** Up to this number of repositories, a request for each package costs less than the owner's list. */
const smallFleet = 5;

/**
 * Packages as GitHub shows them now. All packages of a fleet are read at once, a hundred with one
 * request, and cached until they are written to.
 */
export class Packages {
  readonly account: Account;
  readonly #packages: ContainerPackages;
  readonly #fleetSize: number;
  readonly #outdated = new Set<string>();
  #listed: Promise<ReadonlyMap<string, ContainerPackage>> | undefined;

  constructor(github: GitHubClient, account: Account, fleetSize: number) {
    this.account = account;
    this.#packages = new ContainerPackages(github, account);
    this.#fleetSize = fleetSize;
  }

  async get(name: string): Promise<ContainerPackage | undefined> {
    if (this.#fleetSize <= smallFleet || this.#outdated.has(name)) {
      return this.#packages.read(name);
    }
    return (await this.#list()).get(name);
  }

  /** Whether a package that is not found does not exist. */
  showsAll(): Promise<boolean> {
    return this.#packages.showsAll();
  }

  #list(): Promise<ReadonlyMap<string, ContainerPackage>> {
    const listed = (this.#listed ??= this.#packages.list());
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
