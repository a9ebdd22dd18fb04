import type { Repository } from "./repository.ts";

/** What a job of Actions says of a commit. */
export interface Check {
  /** Also the job's. */
  id: number;
  /** The run's. */
  suite: number;
  name: string;
  workflow: { id: number; name: string };
  event: string;
  status: "queued" | "pending" | "in_progress" | "completed";
  conclusion: string | null;
  startedAt: string;
  completedAt: string | null;
  page: string;
  annotations: number;
}

/** Who knows the checks of a commit, the newest first. */
export type ChecksOf = (repository: Repository, sha: string) => readonly Check[];
