import { explainFailure } from "../github/explain-failure.ts";
import type { GitHubClient } from "../github/github-client.ts";
import { createReadPace } from "../github/read-pace.ts";
import type { DriftFinding } from "./drift-finding.ts";

/** Reads what may fail, one place at a time: what cannot be read is noted, and the rest goes on. */
export interface Reading {
  readonly github: GitHubClient;
  readonly owner: string;
  /** What could not be read, and why. */
  readonly unread: readonly string[];
  attempt(what: string, read: () => Promise<DriftFinding[]>): Promise<DriftFinding[]>;
}

export function createReading(github: GitHubClient, owner: string): Reading {
  const pace = createReadPace();
  const unread: string[] = [];
  return {
    github,
    owner,
    unread,
    attempt: (what, read) =>
      pace(read).catch((error: unknown) => {
        unread.push(explainFailure(error, what).message);
        return [];
      }),
  };
}
