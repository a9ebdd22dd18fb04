import { CommandError, ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";

/**
 * What the engine says went wrong, in lines that a person can act on; its whole log is in its
 * errors, and the lines that matter are few.
 *
 * @returns nothing where it is no error of the engine
 */
export function engineErrors(error: unknown): string[] {
  if (error instanceof ConcurrentUpdateError) {
    return [
      `another update of this stack has the lock, ${lockHolder(error.message)}: let it end. ` +
        "If it died, run `ghcr-fleet recover` first",
    ];
  }
  if (!(error instanceof CommandError)) return [];
  const told = error.message.matchAll(
    /^\s*(?:stderr: )?error: (?!(?:preview|refresh|update) failed$)(.*)$/gm,
  );
  return [...new Set([...told].flatMap(([, reason]) => reason ?? []))].slice(0, 5).map(explain);
}

function explain(reason: string): string {
  return reason.startsWith("failed to load checkpoint")
    ? `the stack's state cannot be read (${reason}): bring back the last good one, such as the .bak beside it: pulumi stack import --file <backup>`
    : reason;
}

/** The engine tells it so: `created by root@host (pid 4711) at 2026-11-24T03:08:38Z` */
export function lockHolder(message: string): string {
  return /created by (\S+ \(pid \d+\))/.exec(message)?.[1] ?? "somebody";
}
