import { ConfigurationError, UsageError, UserError } from "../../user-error.ts";

/**
 * Runs the work for one stack after the other. An error of one stack does not stop the next one.
 *
 * @returns all errors as one, to be thrown when the results of the other stacks are printed; a
 *   {@link UsageError} only where every error is one
 */
export async function forEachStack(
  stacks: readonly string[],
  work: (stack: string) => Promise<void>,
): Promise<UserError | undefined> {
  const errors = new Map<string, UserError>();
  for (const stack of stacks) {
    try {
      await work(stack);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.set(stack, error);
    }
  }
  const [first] = errors.values();
  if (first === undefined || stacks.length === 1) return first;
  const text = [...errors]
    // An error of the configuration names the stack's file.
    .map(([stack, error]) =>
      error instanceof ConfigurationError ? error.message : `${stack}: ${error.message}`,
    )
    .join("\n");
  const isUsage = [...errors.values()].every((error) => error instanceof UsageError);
  return isUsage ? new UsageError(text) : new UserError(text);
}
