import type { BudgetEstimate } from "../budget/estimate-budget.ts";

/** Raised when a field changes its meaning or goes; new fields come without. */
export const previewVersion = 1;

/** What an update of a stack would do, and what is worth knowing before it is merged. */
export interface StackPreview {
  readonly stack: string;
  readonly outcome:
    /** It can be applied. */
    | "ready"
    /** A mandatory rule is broken. */
    | "refused"
    /** The engine, a provider or the configuration got in the way; {@link failures} say how. */
    | "failed";
  /** What the configuration asks for that the stack does not have yet, sorted by repository. */
  readonly changes: readonly RepositoryChanges[];
  readonly drift: Drift;
  readonly rules: readonly RuleResult[];
  /** Rules that cannot be judged before the update, by name. */
  readonly openRules: readonly string[];
  readonly budget: BudgetEstimate | undefined;
  readonly token: TokenOutlook;
  /** What the engine and the providers warn of, once each. */
  readonly warnings: readonly string[];
  readonly failures: readonly string[];
  /** What this preview did not try, and why. */
  readonly untried: readonly string[];
}

export interface RepositoryChanges {
  /** Absent for what all repositories share. */
  readonly repository: string | undefined;
  readonly resources: readonly ResourceChange[];
}

export interface ResourceChange {
  readonly operation:
    | "create"
    | "update"
    | "replace"
    /** It goes from GitHub. */
    | "delete"
    /** The stack lets go of it, and it stays on GitHub as it is. */
    | "release";
  /** "workflow files", "secret GHCR_PAT" */
  readonly what: string;
  readonly properties: readonly PropertyChange[];
  readonly files: readonly FileChange[];
}

export interface PropertyChange {
  /** `repositories.api` */
  readonly path: string;
  /** In short, as text; absent where it was not there. Secrets are `[secret]`. */
  readonly before?: string;
  readonly after?: string;
}

export interface FileChange {
  readonly path: string;
  /** `repaired`: only the places in the diff change, which has no lines around them. */
  readonly kind: "added" | "changed" | "removed" | "repaired";
  /** Lines. */
  readonly added: number;
  readonly removed: number;
  /** Hunks of a unified diff, without file headers. */
  readonly diff: string;
}

/** What somebody else changed on GitHub since the last update. */
export type Drift =
  | { readonly judged: false; readonly reason: string }
  | { readonly judged: true; readonly resources: readonly DriftedResource[] };

export interface DriftedResource {
  readonly repository: string | undefined;
  readonly what: string;
  readonly kind: "changed" | "gone";
  readonly properties: readonly PropertyChange[];
  readonly files: readonly FileChange[];
}

/** A rule that something breaks. */
export interface RuleResult {
  readonly rule: string;
  readonly level: "mandatory" | "advisory";
  /** The repository or resource at fault; absent where it is the stack. */
  readonly subject: string | undefined;
  /** What must hold, what does not, and the fix. */
  readonly message: string;
}

export interface TokenOutlook {
  readonly owner: string | undefined;
  /** ISO-8601; absent where it is not known, or never expires. */
  readonly expiresAt: string | undefined;
  /** Whole days from now. */
  readonly daysLeft: number | undefined;
  /** The value was withheld: this is what the last update found. */
  readonly withheld: boolean;
}
