import { UsageError, UserError } from "../user-error.ts";

/**
 * Does it for one stack after the other; what gets in the way of one keeps no other from it.
 *
 * @returns what got in the way, to be thrown when the rest is told; wrong usage only where nothing
 *   else did
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
  const text = [...errors].map(([stack, { message }]) => `${stack}: ${message}`).join("\n");
  const isUsage = [...errors.values()].every((error) => error instanceof UsageError);
  return isUsage ? new UsageError(text) : new UserError(text);
}
