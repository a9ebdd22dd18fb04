/** The process is killed. */
export class Crash extends Error {}

/** What a command meets: at its n-th effect it is killed, or a PAT becomes invalid. */
export interface Weather {
  readonly crashAt?: number;
  readonly deathAt?: readonly [effect: number, pat: string];
  /** Such a PAT only loses its rights, and GitHub still accepts it. */
  readonly isWeakening?: boolean;
  /** Repositories whose build fails, whatever the credential. */
  readonly broken?: ReadonlySet<string>;
  /** Nothing shows whether a repository publishes. */
  readonly unproven?: boolean;
}

export interface WorldOptions {
  /** mixed: the first repository shares the organisation's secret, the second has its own, and so on. */
  readonly scope: "organization" | "repository" | "mixed";
  readonly waves: readonly (readonly string[])[];
}

/** A run that was queued: its secret is read already. */
export interface QueuedRun {
  readonly repository: string;
  readonly pat: string | undefined;
  readonly startedAt: string;
}

export interface Secret {
  readonly value: string;
  readonly updatedAt: string;
}
