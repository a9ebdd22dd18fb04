import type { BudgetEstimate } from "../budget/estimate-budget.ts";
import type { MissingRight } from "../doctor/missing-rights.ts";

/** What an update of a stack would do, and what to know before it is merged. */
export interface StackPreview {
  readonly stack: string;
  readonly outcome:
    /** It can be applied. */
    | "ready"
    /** A mandatory rule is broken, or more repositories leave than the removal rule allows; see {@link failures}. */
    | "refused"
    /**
     * The engine, a provider or the configuration failed; see {@link failures}. Or the admin token lacks
     * rights that the update needs; see {@link missingRights}.
     */
    | "failed";
  /** What the configuration declares and the stack does not have yet, sorted by repository. */
  readonly changes: readonly RepositoryChanges[];
  /** Repositories that the fleet selects and leaves out, by name, each with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** The fleet's own pull requests that a person has to merge, as the last update left them. */
  readonly waiting: readonly { readonly repository: string; readonly url: string }[];
  /** Repositories that call an earlier version of the shared workflow and stay so, by name: `--repin` moves them. */
  readonly leftBehind: readonly string[];
  readonly drift: Drift;
  readonly rules: readonly RuleResult[];
  /** Rules that cannot be judged before the update, by name. */
  readonly openRules: readonly string[];
  readonly budget: BudgetEstimate | undefined;
  readonly token: TokenOutlook;
  /** Warnings of the engine and the providers, and of secrets that hide the fleet's; without repetitions. */
  readonly warnings: readonly string[];
  readonly failures: readonly string[];
  /** What this preview did not try, and why. */
  readonly untried: readonly string[];
  /** Rights that the admin token lacks for this update; a token that only comments lacks none. */
  readonly missingRights: readonly MissingRight[];
}

export interface RepositoryChanges {
  /** Absent for what all repositories share. */
  readonly repository: string | undefined;
  readonly resources: readonly ResourceChange[];
  /** Where the credential that it publishes with moves; absent where it stays, and for a new repository. */
  readonly credential?: CredentialMove;
  /** How its files reach the branch; absent where no file changes. */
  readonly delivery?: Delivery;
}

/** Another secret, or the job's own token instead of one. */
export interface CredentialMove {
  /** "GHCR_PAT" */
  readonly secret: string;
  readonly before: CredentialPlace;
  readonly after: CredentialPlace;
}

/** The scope of the secret that runs get. */
export type CredentialPlace = "organization" | "repository" | "environment" | "job-token";

export type Delivery =
  | { readonly by: "commit"; readonly branch: string }
  | {
      /**
       * `bypass`: a commit, although rules forbid it, because the owner of the token may bypass them.
       * `unknown`: a commit, or a pull request if rules that could not be read forbid it.
       */
      readonly by: "bypass" | "pull-request" | "unknown";
      readonly branch: string;
      readonly why: string;
    };

export interface ResourceChange {
  readonly operation:
    | "create"
    | "update"
    | "replace"
    /** It is deleted on GitHub. */
    | "delete"
    /** The repaired places get their former text back. */
    | "restore"
    /** It leaves the stack, and stays on GitHub as it is. */
    | "release";
  /** "workflow files", "secret GHCR_PAT" */
  readonly what: string;
  readonly properties: readonly PropertyChange[];
  readonly files: readonly FileChange[];
}

export interface PropertyChange {
  /** `repositories.api`: of a secret or a variable, that it reaches this repository; the value is its id. */
  readonly path: string;
  /** As text, shortened; absent where there was no value. Secrets are `[secret]`. */
  readonly before?: string;
  readonly after?: string;
}

export interface FileChange {
  readonly path: string;
  /**
   * `repaired`, `restored`: only the places in the diff change, which has no lines around them. `replaced`: the file
   * that is there now was written by hand.
   */
  readonly kind: "added" | "changed" | "replaced" | "removed" | "repaired" | "restored";
  /** Lines. */
  readonly added: number;
  readonly removed: number;
  /** Hunks of a unified diff, without file headers. */
  readonly diff: string;
}

/** What was changed on GitHub outside of the stack since the last update. */
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

/** A violation of a rule. */
export interface RuleResult {
  readonly rule: string;
  readonly level: "mandatory" | "advisory";
  /** The repository or resource that violates it; absent where it is the stack. */
  readonly subject: string | undefined;
  /** The requirement, the violation, and the fix. */
  readonly message: string;
}

export interface TokenOutlook {
  /** Whether the update has a PAT: false where every repository publishes with the job's own token. */
  readonly used: boolean;
  readonly owner: string | undefined;
  /** ISO-8601; absent where it is not known, or never expires. */
  readonly expiresAt: string | undefined;
  /** Whole days from now. */
  readonly daysLeft: number | undefined;
  /** Whether the value was withheld: then these are the results of the last update. */
  readonly withheld: boolean;
}

/** The preview of a stack that could not be opened; its comment shows the reason. */
export function failedPreview(stack: string, reason: string): StackPreview {
  return {
    stack,
    outcome: "failed",
    changes: [],
    skipped: {},
    waiting: [],
    leftBehind: [],
    drift: { judged: false, reason: "the stack was not opened" },
    rules: [],
    openRules: [],
    budget: undefined,
    token: {
      used: true,
      owner: undefined,
      expiresAt: undefined,
      daysLeft: undefined,
      withheld: false,
    },
    warnings: [],
    failures: [reason],
    untried: [],
    missingRights: [],
  };
}
