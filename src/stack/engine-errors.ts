import { CommandError, ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";
import { explainReason } from "./explain-reason.ts";

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
  return engineReasons(error).map((reason) => explainReason(reason) ?? reason);
}

/**
 * The lines that the engine itself calls errors, in its own words and without their mark. Whatever
 * else its output holds may hold configuration in clear.
 *
 * @returns nothing where it is no error of the engine
 */
export function engineReasons(error: unknown): string[] {
  if (!(error instanceof CommandError)) return [];
  const told = flat(error.message).matchAll(
    /^\s*(?:stderr: )?error: (?!(?:preview|refresh|update) failed$)(.*)$/gm,
  );
  return [...new Set([...told].flatMap(([, reason]) => reason ?? []))].slice(0, 5);
}

/**
 * Several errors at once come as a heading and a list, which alone says what they are.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/util/cmdutil/exit.go
 */
function flat(text: string): string {
  return text.replaceAll(
    /^(.*error: )\d+ errors occurred:\s*\n((?:\s*\d+\) .*\n?)+)/gm,
    (_, heading: string, list: string) => list.replaceAll(/^\s*\d+\) /gm, heading),
  );
}

/** The engine tells it so: `created by root@host (pid 4711) at 2026-11-24T03:08:38Z` */
export function lockHolder(message: string): string {
  return /created by (\S+ \(pid \d+\))/.exec(message)?.[1] ?? "somebody";
}
