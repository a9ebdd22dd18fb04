import { explaining } from "../../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../../src/github/client/github-client.ts";
import {
  readRepositoryNumbers,
  type RepositoryNumbers,
} from "../../../../src/github/repositories/read-repository-numbers.ts";

/** GitHub's numbers of the actions that templates use, read once. */
export class ActionNumbers {
  readonly #github: GitHubClient;
  readonly #known = new Map<string, RepositoryNumbers>();

  constructor(github: GitHubClient) {
    this.#github = github;
  }

  /** @returns by name; those that GitHub does not show to the token are not in it */
  async of(names: readonly string[]): Promise<ReadonlyMap<string, RepositoryNumbers>> {
    const unknown = names.filter((name) => !this.#known.has(name));
    const read = await explaining("read GitHub's numbers of actions for the lockfile", () =>
      readRepositoryNumbers(this.#github, unknown),
    );
    for (const [name, numbers] of read) this.#known.set(name, numbers);
    return this.#known;
  }
}
