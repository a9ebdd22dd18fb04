/** A repository of the fleet: what exists, decided. Components only loop over it. */
export interface FleetRepository {
  readonly name: string;
  readonly id: number;
  readonly visibility: "public" | "private" | "internal";
  /** Pushes to it publish; the workflow files live on it. */
  readonly branch: string;
  readonly image: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly runner: string;
  readonly timeoutMinutes: number;
  readonly workflows: WorkflowSettings;
  /** How workflow files reach the branch. */
  readonly delivery: "commit" | "pull-request";
  readonly onRemove: "keep" | "delete" | "restore";
  readonly actions: ActionsSettings;
  readonly package: PackageSettings;
}

/** How the repository comes to publish. What `auto` means for it depends on its files. */
export interface WorkflowSettings {
  readonly mode: "auto" | "repair" | "template" | "none";
  /** Secrets of the repository whose place the fleet's takes in a repair. */
  readonly replaceSecrets: readonly string[];
  /** Whether a repair adds a second login with GITHUB_TOKEN. */
  readonly deadPatFallback: boolean;
}

export interface PackageSettings {
  /** Left unjudged where it is absent. */
  readonly visibility: "public" | "private" | "internal" | undefined;
  /** Whether a tiny first image creates the package. */
  readonly bootstrap: boolean;
}

/** An absent field leaves GitHub's setting as it is. */
export interface ActionsSettings {
  readonly tokenPermissions: "read" | "write" | undefined;
  readonly requirePinnedActions: boolean | undefined;
  readonly allowed: readonly string[] | undefined;
}

/** Where the publishing secret lives. */
export type SecretSettings =
  | { readonly scope: "organization"; readonly name: string }
  | { readonly scope: "repository"; readonly name: string }
  | { readonly scope: "environment"; readonly name: string; readonly environment: string };

export interface SkippedRepository {
  readonly name: string;
  /** Why, and what would bring it in: "archived: unarchive it to bring it in". */
  readonly reason: string;
}

/** All that should exist, sorted by name. */
export interface Fleet {
  readonly owner: string;
  readonly secret: SecretSettings;
  readonly repositories: readonly FleetRepository[];
  readonly skipped: readonly SkippedRepository[];
}
