import { explainFailure } from "../github/explain-failure.ts";
import type { GitHubClient } from "../github/github-client.ts";
import { createReadPace, type ReadPace } from "../github/read-pace.ts";
import type { DriftFinding } from "./drift-finding.ts";

/** Reads what may fail, one place at a time: what cannot be read is noted, and the rest goes on. */
export interface Reading {
  readonly github: GitHubClient;
  readonly owner: string;
  /** What could not be read, and why. */
  readonly unread: readonly string[];
  /** Takes its turn: for each request. */
  readonly pace: ReadPace;
  attempt(
    what: string,
    read: () => Promise<DriftFinding[]>,
    otherwise?: DriftFinding[],
  ): Promise<DriftFinding[]>;
}

export function createReading(github: GitHubClient, owner: string): Reading {
  const unread: string[] = [];
  return {
    github,
    owner,
    unread,
    pace: createReadPace(),
    attempt: (what, read, otherwise = []) =>
      read().catch((error: unknown) => {
        unread.push(explainFailure(error, what).message);
        return otherwise;
      }),
  };
}
