/**
 * An error that the person in front of the terminal can act on: it says what, where and the next
 * step, and is shown without a stack. Everything else that is thrown is a bug.
 */
export class UserError extends Error {
  override name = "UserError";
}

/**
 * A command was given arguments or a configuration that it cannot work with: it has not begun, and
 * ends with 2.
 */
export class UsageError extends UserError {
  override name = "UsageError";
}
