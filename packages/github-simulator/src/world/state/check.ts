import type { Repository } from "./repository.ts";

/** A job of Actions as a check of a commit. */
export interface Check {
  /** Equals the job's id. */
  id: number;
  /** The run's id. */
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

/** Returns the checks of a commit, newest first. */
export type ChecksOf = (repository: Repository, sha: string) => readonly Check[];
