import DataLoader from "dataloader";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { readBatches } from "../../../src/github/client/read-batches.ts";
import {
  pullRequestBatchSize,
  readPullRequestStates,
  type PullRequestRequest,
  type PullRequestState,
} from "../../../src/github/pull-requests/pull-request-state.ts";

/**
 * What became of the pull requests that the state knows, read in batches. Repositories without one cost
 * nothing.
 */
export class PullRequestStates {
  readonly #loader: DataLoader<PullRequestRequest, PullRequestState | undefined, string>;

  constructor(github: GitHubClient, owner: string) {
    this.#loader = new DataLoader<PullRequestRequest, PullRequestState | undefined, string>(
      async (requests) => {
        const read = (batch: readonly PullRequestRequest[]) =>
          readPullRequestStates(github, owner, batch);
        const outcomes = await readBatches(requests, pullRequestBatchSize, read);
        // One that cannot be read says nothing: the update asks about it and explains the failure.
        return outcomes.map((each) => ("value" in each ? each.value : undefined));
      },
      { cacheKeyFn: ({ url }) => url, batchScheduleFn: (run) => void setTimeout(run, 20) },
    );
  }

  /** @returns nothing where it cannot be read */
  get(request: PullRequestRequest): Promise<PullRequestState | undefined> {
    return this.#loader.load(request);
  }
}
