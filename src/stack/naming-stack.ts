import { UsageError, UserError } from "../user-error.ts";

/** The same error, saying which of several stacks it is about. */
export function namingStack(stack: string, error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const message = `${stack}: ${error.message}`;
  return error instanceof UsageError ? new UsageError(message) : new UserError(message);
}
