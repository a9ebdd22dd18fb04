import { CommandError, ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";
import { UsageError, UserError } from "../user-error.ts";

/**
 * The engine's errors in lines that a person can act on. Its errors hold its whole log, of which few
 * lines matter.
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
 * The lines that the engine marks as errors, without the mark. The rest of its output may hold
 * configuration in clear.
 *
 * @returns nothing where it is no error of the engine
 */
function engineReasons(error: unknown): string[] {
  if (!(error instanceof CommandError)) return [];
  const found = flat(error.message).matchAll(
    /^\s*(?:stderr: )?error: (?!(?:preview|refresh|update) failed$)(.*)$/gm,
  );
  return [...new Set([...found].flatMap(([, reason]) => reason ?? []))].slice(0, 5);
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

/** In the engine's words: `created by root@host (pid 4711) at 2026-11-24T03:08:38Z` */
export function lockHolder(message: string): string {
  return /created by (\S+ \(pid \d+\))/.exec(message)?.[1] ?? "somebody";
}

/**
 * What a reason of the engine means for a person, and the next step, where it is a frequent one.
 *
 * @param name of the stack; absent where it is not known, or is already named
 */
function explainReason(reason: string, name?: string): string | undefined {
  const stack = name === undefined ? "the stack" : `stack "${name}"`;
  const [, broken] = /^failed to load checkpoint: (.+)/.exec(reason) ?? [];
  if (broken !== undefined) {
    const recover = ["ghcr-fleet recover", name].filter(Boolean).join(" ");
    return (
      `the state of ${stack} cannot be read (${broken}). After a crash, \`${recover}\` may help; ` +
      "where it does not, restore the last good one, such as the .bak beside it or one from the back end's folder .pulumi/backups: pulumi stack import --file <backup>"
    );
  }
  if (reason === "unexpected end of JSON input") {
    // A lock that was being written when the engine died or the disk was full.
    return `a lock of ${stack} is only half written: run \`ghcr-fleet recover\`, which removes it`;
  }
  if (/passphrase/i.test(reason)) {
    return `the configuration of ${stack} cannot be decrypted: PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names, is missing or wrong`;
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(reason)) {
    return "nobody is logged in to a back end that holds the stacks: run pulumi login, or set PULUMI_BACKEND_URL, for Pulumi Cloud PULUMI_ACCESS_TOKEN";
  }
  return undefined;
}

/**
 * Why the engine did not open a stack, in its own words: they name the cause. Only the frequent
 * causes get a next step.
 *
 * @param name of the stack; absent while it is not known which one is selected
 */
export function explainOpening(name: string | undefined, error: unknown): unknown {
  const [reason] = engineReasons(error);
  if (reason === undefined) return error;
  const stack = name === undefined ? "the selected stack" : `stack "${name}"`;
  if (/no stack named/.test(reason)) {
    return new UsageError(
      `there is no ${stack} in this project and back end: pulumi stack ls shows those that are, pulumi stack init ${name ?? "<name>"} makes it`,
    );
  }
  return new UserError(explainReason(reason, name) ?? `${stack} cannot be opened: ${reason}`);
}
