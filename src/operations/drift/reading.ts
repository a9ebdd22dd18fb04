import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { whyPartialView } from "../../github/packages/why-partial-view.ts";
import { createReadPace, type ReadPace } from "../../github/client/read-pace.ts";
import type { DriftFinding } from "./drift-finding.ts";

/** Reads what may fail, one place at a time: what cannot be read is noted, and the rest goes on. */
export interface Reading {
  readonly github: GitHubClient;
  readonly owner: string;
  /** What could not be read, and why. */
  readonly unread: readonly string[];
  /** Takes its turn: for each request. */
  readonly pace: ReadPace;
  /** Notes what could not be judged. */
  doubt(text: string): void;
  /** Why the token may not see all of the organisation, if it may not; asked once. */
  whyPartialView(): Promise<string | undefined>;
  attempt(
    what: string,
    read: () => Promise<DriftFinding[]>,
    otherwise?: DriftFinding[],
  ): Promise<DriftFinding[]>;
}

export function createReading(github: GitHubClient, owner: string): Reading {
  const unread: string[] = [];
  let view: Promise<string | undefined> | undefined;
  return {
    github,
    owner,
    unread,
    pace: createReadPace(),
    doubt: (text) => void unread.push(text),
    whyPartialView: () => (view ??= whyPartialView(github, owner)),
    attempt: (what, read, otherwise = []) =>
      read().catch((error: unknown) => {
        unread.push(explainFailure(error, what).message);
        return otherwise;
      }),
  };
}
