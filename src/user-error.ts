/**
 * An error that the user can fix: it says what, where and the next step, and is shown without a stack
 * trace. Every other error is a bug.
 */
export class UserError extends Error {
  override name = "UserError";
}

/**
 * Wrong arguments or configuration: the command has not started, and ends with 2.
 */
export class UsageError extends UserError {
  override name = "UsageError";
}
