import { CommandError } from "@pulumi/pulumi/automation/index.js";
import { UsageError, UserError } from "../user-error.ts";

/**
 * Why the engine did not open a stack, in its own words: they name the cause. Only the frequent
 * causes get a next step. Of the engine's output nothing but the line of the error is told, for the
 * rest may hold configuration in clear.
 *
 * @param name of the stack; absent while it is not known which one is selected
 */
export function explainOpening(name: string | undefined, error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const reason = /^error: (.+)$/m.exec(error.message)?.[1];
  if (reason === undefined) return error;
  const stack = name === undefined ? "the selected stack" : `stack "${name}"`;
  if (/no stack named/.test(reason)) {
    return new UsageError(
      `there is no ${stack} in this project and back end: pulumi stack ls shows those that are, pulumi stack init ${name ?? "<name>"} makes it`,
    );
  }
  const [, broken] = /failed to load checkpoint: (.+)/.exec(reason) ?? [];
  if (broken !== undefined) {
    return new UserError(
      `the state of ${stack} cannot be read (${broken}). After a crash, \`ghcr-fleet recover ${name ?? ""}\` may help; ` +
        "where it does not, bring back the last good one: pulumi stack import --file <backup>, from the back end's folder .pulumi/backups or your own",
    );
  }
  if (/passphrase/i.test(reason)) {
    return new UserError(
      `the configuration of ${stack} cannot be decrypted: PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names, is missing or wrong`,
    );
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(reason)) {
    return new UserError(
      "nobody is logged in to a back end that holds the stacks: run pulumi login, or set PULUMI_BACKEND_URL, for Pulumi Cloud PULUMI_ACCESS_TOKEN",
    );
  }
  return new UserError(`${stack} cannot be opened: ${reason}`);
}
