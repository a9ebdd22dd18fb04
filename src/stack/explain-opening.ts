import { UsageError, UserError } from "../user-error.ts";
import { engineReasons } from "./engine-errors.ts";
import { explainReason } from "./explain-reason.ts";

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
