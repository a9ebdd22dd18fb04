// Not from the index, which loads the whole SDK.
import { CommandError, ConcurrentUpdateError } from "@pulumi/pulumi/automation/errors.js";
import { UsageError, UserError } from "../user-error.ts";
import { EngineError } from "./stack-engine.ts";

/**
 * The engine's errors in lines that a person can act on. Its errors contain its whole log, and few of
 * those lines matter.
 *
 * @param name of the stack; absent where it is unknown
 * @returns nothing for an error that is not the engine's
 */
export function engineErrors(error: unknown, name?: string): string[] {
  if (error instanceof ConcurrentUpdateError) {
    return [
      `another update of this stack has the lock, ${lockHolder(error.message)}: wait until it ends. ` +
        `If its process has died, run \`${recoverCommand(name)}\` first`,
    ];
  }
  return engineReasons(error).map((reason) => explainReason(reason, name) ?? reason);
}

/**
 * The lines that the engine marks as errors, without the mark. The rest of its output may hold
 * configuration in clear.
 *
 * @returns nothing for an error that is not the engine's
 */
function engineReasons(error: unknown): string[] {
  if (!(error instanceof CommandError || error instanceof EngineError)) return [];
  const found = flat(error.message).matchAll(
    /^\s*(?:stderr: )?error: (?!(?:preview|refresh|update) failed$)(.*)$/gm,
  );
  return [...new Set([...found].flatMap(([, reason]) => reason ?? []))].slice(0, 5);
}

/**
 * The engine prints several errors as a heading and a list; only the list names them.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/util/cmdutil/exit.go
 */
function flat(text: string): string {
  return text.replaceAll(
    /^(.*error: )\d+ errors occurred:\s*\n((?:\s*\d+\) .*\n?)+)/gm,
    (_, heading: string, list: string) => list.replaceAll(/^\s*\d+\) /gm, heading),
  );
}

/** Without the engine's marks for colours, `<{%reset%}>`, and the headings of the engine and of a bridged provider. */
export function plain(text: string): string {
  return text
    .replaceAll(/<\{%.*?%\}>/g, "")
    .replace(/^1 error occurred:\s*\*\s*/, "")
    .trim()
    .replace(/^pulumi:providers:\S+ resource '[^']*' has a problem: /, "");
}

/** In the engine's words: `created by root@host (pid 4711) at 2026-11-24T03:08:38Z` */
export function lockHolder(message: string): string {
  return /created by (\S+ \(pid \d+\))/.exec(message)?.[1] ?? "somebody";
}

function recoverCommand(name: string | undefined): string {
  return name === undefined ? "ghcr-fleet recover" : `ghcr-fleet recover ${name}`;
}

/**
 * The meaning of a frequent reason of the engine, and the next step.
 *
 * @param name of the stack; absent where it is unknown or already named
 */
function explainReason(reason: string, name?: string): string | undefined {
  const stack = name === undefined ? "the stack" : `stack "${name}"`;
  const recover = recoverCommand(name);
  const [, broken] = /^failed to load checkpoint: (.+)/.exec(reason) ?? [];
  if (broken?.startsWith("unsupported checkpoint version")) {
    return `the state of ${stack} was written by a newer engine (${broken}): install a newer pulumi, and restore no older state`;
  }
  if (broken !== undefined) {
    return (
      `the state of ${stack} cannot be read (${broken}). In a back end of files, \`${recover}\` restores the last valid one; ` +
      "in others, a former version of the object does: pulumi stack import --file <backup>"
    );
  }
  if (/no space left on device|disk quota exceeded/.test(reason)) {
    return `the disk is full (${reason}): free space, then run \`${recover}\`, which also restores a state that was lost by that`;
  }
  if (reason === "unexpected end of JSON input") {
    // A lock that was being written when the engine died or the disk was full.
    return `a lock of ${stack} is incomplete: run \`${recover}\`, which removes it`;
  }
  if (/passphrase must be set/i.test(reason)) {
    return `the configuration of ${stack} cannot be decrypted, because there is no passphrase: export PULUMI_CONFIG_PASSPHRASE (read -rs PULUMI_CONFIG_PASSPHRASE && export PULUMI_CONFIG_PASSPHRASE), or name a file that holds it in PULUMI_CONFIG_PASSPHRASE_FILE`;
  }
  if (/passphrase/i.test(reason)) {
    return `the configuration of ${stack} cannot be decrypted with this passphrase: export the stack's as PULUMI_CONFIG_PASSPHRASE, or correct the file that PULUMI_CONFIG_PASSPHRASE_FILE names`;
  }
  if (/operation error S3: .*get credentials/.test(reason)) {
    return "there are no credentials for the back end: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in to AWS in an earlier step of the workflow";
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(reason)) {
    return "pulumi is not logged in to a back end: run pulumi login, or set PULUMI_BACKEND_URL, or PULUMI_ACCESS_TOKEN for Pulumi Cloud";
  }
  return undefined;
}

/**
 * Why the engine did not open a stack, in its own words, because they name the cause. Only frequent
 * causes have a next step.
 *
 * @param name of the stack; absent while the selected one is unknown
 */
export function explainOpening(name: string | undefined, error: unknown): unknown {
  const [reason] = engineReasons(error);
  if (reason === undefined) return error;
  const stack = name === undefined ? "the selected stack" : `stack "${name}"`;
  if (/no stack named/.test(reason)) {
    return new UsageError(
      `there is no ${stack} in this project and back end: pulumi stack ls lists the stacks, pulumi stack init ${name ?? "<name>"} creates it`,
    );
  }
  return new UserError(explainReason(reason, name) ?? `${stack} cannot be opened: ${reason}`);
}
