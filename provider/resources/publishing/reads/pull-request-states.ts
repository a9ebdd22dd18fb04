import { isSameName } from "../../../../src/is-same-name.ts";
import type { GitHubClient } from "../../../../src/github/client/github-client.ts";
import { readOnce } from "../../../../src/github/client/read-once.ts";
import {
  pullRequestBatchSize,
  readNewestPullRequests,
  readPullRequestState,
  type PullRequestRequest,
  type PullRequestState,
} from "../../../../src/github/pull-requests/pull-request-state.ts";

/**
 * What became of pull requests: of those that the state knows, and of the newest ones where files are to be written. The
 * engine asks for one repository after the other, so a question reads the newest ones of the repositories next to it,
 * too, with one query.
 */
export class PullRequestStates {
  readonly #github: GitHubClient;
  readonly #owner: string;
  /** Name to the group of the repositories that are read together. */
  readonly #groups = new Map<string, readonly string[]>();
  readonly #newest = new Map<readonly string[], Promise<ReadonlyMap<string, PullRequestState>>>();
  readonly #byUrl = new Map<string, Promise<PullRequestState | undefined>>();

  /** @param fleet the names of all repositories */
  constructor(github: GitHubClient, owner: string, fleet: readonly string[]) {
    this.#github = github;
    this.#owner = owner;
    for (let start = 0; start < fleet.length; start += pullRequestBatchSize) {
      const group = fleet.slice(start, start + pullRequestBatchSize);
      for (const name of group) this.#groups.set(name, group);
    }
  }

  /** @returns nothing where it cannot be read */
  get(request: PullRequestRequest): Promise<PullRequestState | undefined> {
    return readOnce(this.#byUrl, request.url, () => this.#read(request));
  }

  /** The newest on the fleet's branch, whatever the state knows; nothing for a repository outside of the fleet. */
  async newest(repository: string): Promise<PullRequestState | undefined> {
    const found = [...(await this.#newestBeside(repository)).values()];
    return found.find(({ url }) => isSameName(url.split("/").at(-3), repository));
  }

  async #read(request: PullRequestRequest): Promise<PullRequestState | undefined> {
    const newest = (await this.#newestBeside(request.repository)).get(request.url);
    if (newest) return newest;
    // An older one, or one whose repository was renamed.
    return readPullRequestState(this.#github, this.#owner, request).catch(
      // One that cannot be read says nothing: the update asks about it and explains the failure.
      () => undefined,
    );
  }

  #newestBeside(repository: string): Promise<ReadonlyMap<string, PullRequestState>> {
    const group = this.#groups.get(repository) ?? [];
    return readOnce(this.#newest, group, () =>
      readNewestPullRequests(this.#github, this.#owner, group),
    );
  }
}
