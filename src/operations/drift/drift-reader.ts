import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { whyPartialView } from "../../github/packages/why-partial-view.ts";
import { createReadPace, type ReadPace } from "../../github/client/read-pace.ts";
import type { DriftFinding } from "./drift-finding.ts";

/** Reads GitHub part by part: what cannot be read is recorded, and the rest is still read. */
export interface DriftReader {
  readonly github: GitHubClient;
  readonly owner: string;
  /** What could not be read, and why. */
  readonly unread: readonly string[];
  /** For each request. */
  readonly pace: ReadPace;
  /** Records what could not be judged. */
  reportUnknown(text: string): void;
  /** Why the token may not see the whole organisation, if so; read once. */
  whyPartialView(): Promise<string | undefined>;
  attempt(
    what: string,
    read: () => Promise<DriftFinding[]>,
    otherwise?: DriftFinding[],
  ): Promise<DriftFinding[]>;
}

export function createDriftReader(github: GitHubClient, owner: string): DriftReader {
  const unread: string[] = [];
  let view: Promise<string | undefined> | undefined;
  return {
    github,
    owner,
    unread,
    pace: createReadPace(),
    reportUnknown: (text) => void unread.push(text),
    whyPartialView: () => (view ??= whyPartialView(github, owner)),
    attempt: (what, read, otherwise = []) =>
      read().catch((error: unknown) => {
        unread.push(explainFailure(error, what).message);
        return otherwise;
      }),
  };
}
