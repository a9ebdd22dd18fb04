import type { Run } from "./fleet-status.ts";

/** What can cross a threshold, in the order of the report. */
export const statusChecks = [
  "token",
  "days-left",
  "credential",
  "shadowed",
  "overwritten",
  "shared",
  "settings",
  "age",
  "files",
  "left",
  "gone",
  "ci",
  "release",
  "package",
  "unread",
] as const;

export type StatusCheck = (typeof statusChecks)[number];

/** A threshold that is crossed. */
export interface Crossing {
  readonly check: StatusCheck;
  /** `problem`: images do not arrive, or not with the declared credential. `warning`: this may happen later. */
  readonly severity: "problem" | "warning";
  /** Null where it is about the whole fleet, or about something outside of it. */
  readonly repository: string | null;
  /** What several repositories may share, where it is known. */
  readonly cause: CrossingCause | null;
  /** What was found, without the repository's name. */
  readonly text: string;
  /** The page to open, where there is one. */
  readonly url: string | null;
}

export type CrossingCause =
  | NonNullable<Run["why"]>["cause"]
  | "not-merged"
  | "not-moved"
  | "not-deployed"
  | "no-job"
  | "not-applied"
  | "trial"
  | "declined"
  | "by-hand"
  | "unmanaged"
  | "second-publisher"
  | "unnamed"
  | "no-page";

const problems: ReadonlySet<StatusCheck> = new Set([
  "token",
  "credential",
  "overwritten",
  "ci",
  "release",
]);

export function crossing(
  check: StatusCheck,
  repository: string | null,
  text: string,
  { url = null, cause = null }: Partial<Pick<Crossing, "url" | "cause">> = {},
): Crossing {
  const severity = problems.has(check) ? "problem" : "warning";
  return { check, severity, repository, cause, text, url };
}
