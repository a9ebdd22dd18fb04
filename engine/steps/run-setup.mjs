import { constants } from "node:os";
import { codeOf } from "./code-of.mjs";
import { assertNode } from "./ensure-node.mjs";
import { createProgress } from "./progress.mjs";
import { readSettings } from "./settings.mjs";
import { SetupError } from "./setup-error.mjs";

/** @typedef {import("./settings.mjs").Settings} Settings */

/**
 * Runs `work` with settings from the environment, as an entry does: Ctrl-C and SIGTERM end it with
 * everything cleaned up, and what cannot go on is told without a stack.
 *
 * @template Result
 * @param {(settings: Settings) => Promise<Result>} work
 * @returns {Promise<Result | undefined>} undefined: it failed, and the exit code says so
 */
export async function runSetup(work) {
  const interruption = new AbortController();
  /** @param {NodeJS.Signals} name */
  const interrupt = (name) => {
    process.exitCode = 128 + constants.signals[name];
    interruption.abort(new SetupError(`Interrupted by ${name}.`));
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const name of signals) process.on(name, interrupt);
  try {
    assertNode();
    return await work({
      ...readSettings(process.env),
      progress: createProgress(process.stderr),
      signal: interruption.signal,
    });
  } catch (error) {
    // sleep() and fetch() wrap the reason in an AbortError of their own
    const reason = interruption.signal.aborted ? interruption.signal.reason : explain(error);
    if (!(reason instanceof SetupError)) throw reason;
    process.stderr.write(`${reason.message}\n`);
    process.exitCode ??= 1;
    return undefined;
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}

/** What a disk or its owner refuses, in the middle of a step. */
const refusals = ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO"];

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof Error) || !refusals.includes(String(codeOf(error)))) return error;
  return new SetupError(
    `The set-up could not go on: ${error.message}\nMend that, then run the command again: it goes on from there.`,
  );
}
