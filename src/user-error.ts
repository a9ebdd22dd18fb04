/**
 * An error that the person in front of the terminal can act on: it says what, where and the next
 * step, and is shown without a stack. Everything else that is thrown is a bug.
 */
export class UserError extends Error {
  override name = "UserError";
}
