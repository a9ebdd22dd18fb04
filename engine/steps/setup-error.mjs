/** Set-up cannot go on. The message says what is missing and the next step; no stack is shown. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}
