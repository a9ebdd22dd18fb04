import { explaining } from "../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import { readFiles } from "../../src/github/contents/read-files.ts";
import { branchHasCommit } from "../../src/github/repositories/branch-has-commit.ts";

/** Path to git blob id. */
type Files = Readonly<Record<string, string>>;

export interface CentralBranch {
  /** With its owner: `acme/.github`. */
  readonly repository: string;
  readonly branch: string;
}

/** What commits of the central repository have. Callers pin few different ones, so each is read once. */
export class CentralCommits {
  readonly #github: GitHubClient;
  readonly #files = new Map<string, Promise<Files>>();
  readonly #isInHistory = new Map<string, Promise<boolean>>();

  constructor(github: GitHubClient) {
    this.#github = github;
  }

  /** Whether callers may pin the commit: it is in the branch's history, and has the workflows that they call. */
  async mayBePinned(
    central: CentralBranch,
    commit: string,
    called: readonly string[],
  ): Promise<boolean> {
    const isInHistory = once(this.#isInHistory, commit, () => this.#isInHistoryOf(central, commit));
    const [known, files] = await Promise.all([isInHistory, this.filesOf(central, commit, called)]);
    return known && called.every((path) => files[path] !== undefined);
  }

  /** The workflows that a commit has, of those that are called. */
  async filesOf(
    { repository: central }: CentralBranch,
    commit: string,
    called: readonly string[],
  ): Promise<Files> {
    const [owner = "", repository = ""] = central.split("/");
    return once(this.#files, [commit, ...called].join(" "), async () => {
      const found = await explaining(`read the shared workflow of ${central}`, () =>
        readFiles(
          this.#github,
          owner,
          called.map((path) => ({ repository, revision: commit, path })),
        ),
      );
      const ids = called.flatMap((path, index) => {
        const blob = found[index]?.blob;
        return blob === undefined ? [] : [[path, blob] as const];
      });
      return Object.fromEntries(ids);
    });
  }

  #isInHistoryOf({ repository: central, branch }: CentralBranch, commit: string): Promise<boolean> {
    const [owner = "", repository = ""] = central.split("/");
    return explaining(`read the commits of ${central}`, () =>
      branchHasCommit(this.#github, { owner, repository, branch }, commit),
    );
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  // A failed read may be repeated.
  found.catch(() => known.delete(key));
  return found;
}
