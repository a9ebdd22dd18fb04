import type { BudgetEstimate } from "./estimate-budget.ts";

/** Raised when a field changes its meaning or goes; new fields and types come without. */
export const eventVersion = 1;

export type RepositoryState =
  /** The engine writes it. */
  | "applying"
  /** Written, or as wished already; nothing to wait for. */
  | "applied"
  /** Its run is awaited. */
  | "waiting"
  /** Its image arrived. */
  | "healthy"
  /** A person has to merge its pull request. */
  | "merge"
  | "failed";

/** What happens in a rollout, in order; `stack` says in which. Documented in docs/rollout.md. */
export type RolloutEvent = { readonly stack: string } & (
  | {
      readonly type: "planned";
      readonly changes: Readonly<Record<string, number>>;
      readonly waves: readonly WavePlan[];
      readonly budget: BudgetEstimate;
    }
  /** Everything is previewed, with the policy pack; it takes some seconds. */
  | { readonly type: "previewing" }
  /** `refreshed`: GitHub was looked at, and not only what the stack remembers. */
  | { readonly type: "nothing-to-do"; readonly refreshed: boolean }
  /** Worth knowing; nothing is wrong. */
  | { readonly type: "note"; readonly message: string }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "status"; readonly message: string; readonly repository: string | undefined }
  /** `repositories` are those that change, or have to prove themselves. */
  | { readonly type: "wave-started"; readonly wave: string; readonly repositories: string[] }
  | ({ readonly type: "repository"; readonly wave: string } & RepositoryResult)
  | { readonly type: "wave-ended"; readonly wave: string; readonly failed: number }
  | ({ readonly type: "ended"; readonly of: "rollout" | "rotation" } & RolloutEnd)
);

export interface WavePlan {
  readonly name: string;
  readonly repositories: number;
  /** Repositories that change, or have to prove themselves. */
  readonly changing: readonly string[];
  readonly budget: BudgetEstimate;
}

export interface RepositoryResult {
  readonly repository: string;
  readonly state: RepositoryState;
  /** What is so, and where it failed the next step. */
  readonly detail?: string | undefined;
  /** The run, the job that failed, or the pull request. */
  readonly url?: string | undefined;
}

/** How the rollout of one stack ended. */
export interface RolloutEnd {
  readonly outcome:
    | "nothing-to-do"
    /** Previewed and not begun: only the plan was asked for, or another stack was refused. */
    | "planned"
    /** All waves are through; within the failure budget some repositories may have failed. */
    | "done"
    /** A mandatory rule is broken; the wave was not begun. */
    | "refused"
    /** More repositories failed to publish than the budget allows. */
    | "unhealthy"
    /** The engine or a provider could not go on. */
    | "failed"
    /** Somebody asked it to stop. */
    | "stopped";
  /** The wave that it ended in. */
  readonly wave?: string | undefined;
  /** Why, in lines that a person can act on. */
  readonly reasons: readonly string[];
  /** The last state of each repository that changed, by name. */
  readonly repositories: Readonly<Record<string, RepositoryResult & { readonly wave: string }>>;
}
