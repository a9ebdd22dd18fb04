import type { BudgetEstimate } from "../budget/estimate-budget.ts";
import type { StackPreview } from "../preview/stack-preview.ts";

/** Increased when a field changes its meaning or is removed, not for new fields and types. */
export const eventVersion = 1;

export type RepositoryState =
  /** The engine is writing. */
  | "applying"
  /** Written, or already as declared; nothing to wait for. */
  | "applied"
  /** Waiting for its run. */
  | "waiting"
  /** Its image arrived. */
  | "healthy"
  /** A person has to merge its pull request. */
  | "merge"
  /** A person closed its pull request without a merge. */
  | "declined"
  /** Nothing can show whether it publishes: a person has to look. */
  | "unproven"
  | "failed";

/** The events of a rollout or a rotation, in order. Documented in docs/rollout.md. */
export type RolloutEvent = { readonly stack: string } &
  /** What a rollout will change, as `ghcr-fleet preview` shows it; what it costs is in the plan. */
  (
    | { readonly type: "previewed"; readonly preview: StackPreview }
    /** What a rotation will do, one sentence for each step. */
    | { readonly type: "rotation-planned"; readonly steps: readonly string[] }
    | {
        readonly type: "planned";
        /** How many resources each operation of the engine changes. */
        readonly changes: Readonly<Record<string, number>>;
        readonly waves: readonly WavePlan[];
        /** Repositories that leave the fleet, with the last wave; they are not in the waves' lists. */
        readonly leaving: readonly string[];
        readonly budget: BudgetEstimate;
      }
    /** The stack is previewed, with the policy pack; this takes some seconds. */
    | { readonly type: "previewing" }
    /** `refreshed`: compared with GitHub, and not only with the state. */
    | { readonly type: "nothing-to-do"; readonly refreshed: boolean }
    /** Worth knowing; nothing is wrong. */
    | { readonly type: "note"; readonly message: string }
    | { readonly type: "warning"; readonly message: string }
    | { readonly type: "status"; readonly message: string; readonly repository: string | undefined }
    /** `repositories` are those that change, or have to publish. */
    | { readonly type: "wave-started"; readonly wave: string; readonly repositories: string[] }
    | ({ readonly type: "repository"; readonly wave: string } & RepositoryResult)
    /** `waiting`: repositories whose pull request has to be merged before the next wave. */
    | {
        readonly type: "wave-ended";
        readonly wave: string;
        readonly failed: number;
        readonly waiting: number;
      }
    | ({
        readonly type: "ended";
        /** `revocation`: of the PAT that an earlier rotation replaced, and nothing else. */
        readonly of: "rollout" | "rotation" | "revocation";
        /** Where a rotation is not done: the command that begins another one. */
        readonly again?: string | undefined;
      } & RolloutEnd)
  );

export interface WavePlan {
  readonly name: string;
  readonly repositories: number;
  /** Repositories that change, or have to publish. */
  readonly changing: readonly string[];
  readonly budget: BudgetEstimate;
}

export interface RepositoryResult {
  readonly repository: string;
  readonly state: RepositoryState;
  /** What happened; where it failed, also the next step. */
  readonly detail?: string | undefined;
  /** The run, the job that failed, or the pull request. */
  readonly url?: string | undefined;
}

/** How the rollout or rotation of one stack ended. */
export interface RolloutEnd {
  readonly outcome:
    | "nothing-to-do"
    /** Previewed and not started: only the plan was requested, or another stack was refused. */
    | "planned"
    /** A person did not confirm what was shown; nothing was written. */
    | "declined"
    /** All waves ended; some repositories may have failed, within the failure budget. */
    | "done"
    /** The admin token lacks rights that it needs; nothing was written. */
    | "unable"
    /** A mandatory rule is broken; the wave was not started. */
    | "refused"
    /** More repositories failed to publish than the budget allows. */
    | "unhealthy"
    /** The engine or a provider could not go on. */
    | "failed"
    /** A person stopped it, or has to decide; or another stack stopped. */
    | "stopped";
  /** The wave that it ended in. */
  readonly wave?: string | undefined;
  /** Why, one line each, with the next step. */
  readonly reasons: readonly string[];
  /** The last state of each repository that changed, by name. */
  readonly repositories: Readonly<Record<string, RepositoryResult & { readonly wave: string }>>;
}

/** Reports each warning of a stack once: updates repeat those that the preview shows. */
export function warnOnce(report: (event: RolloutEvent) => void): (event: RolloutEvent) => void {
  const shown = new Map<string, Set<string>>();
  return (event) => {
    const known = shown.get(event.stack) ?? new Set();
    shown.set(event.stack, known);
    if (event.type === "warning" && known.has(event.message)) return;
    if (event.type === "warning") known.add(event.message);
    if (event.type === "previewed") for (const each of event.preview.warnings) known.add(each);
    report(event);
  };
}
