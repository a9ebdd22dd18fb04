import type { GitHubClient } from "../../../../src/github/client/github-client.ts";
import { readOnce } from "../../../../src/github/client/read-once.ts";
import {
  findMissingFiles,
  type WantedFile,
} from "../../../../src/github/contents/find-missing-files.ts";

/**
 * Files that should be on a branch. The engine asks for one repository after the other, so the first question
 * about a path reads it for the whole fleet, a hundred repositories with one query.
 */
export class MissingFiles {
  readonly #github: GitHubClient;
  readonly #owner: string;
  /** Name to branch. */
  readonly #fleet: Readonly<Record<string, string>>;
  readonly #byPath = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(github: GitHubClient, owner: string, fleet: Readonly<Record<string, string>>) {
    this.#github = github;
    this.#owner = owner;
    this.#fleet = fleet;
  }

  async isMissing(file: WantedFile): Promise<boolean> {
    const { name, branch, path } = file;
    if (this.#fleet[name] !== branch) return (await this.#read([file])).has(name);
    const ofFleet = () =>
      Object.entries(this.#fleet).map(([each, of]) => ({ name: each, branch: of, path }));
    const missing = readOnce(this.#byPath, path, () => this.#read(ofFleet()));
    return (await missing).has(name);
  }

  /** @returns the names of the repositories whose file is missing */
  async #read(files: readonly WantedFile[]): Promise<ReadonlySet<string>> {
    const missing = await findMissingFiles(this.#github, this.#owner, files);
    return new Set(missing.map(({ name }) => name));
  }
}
