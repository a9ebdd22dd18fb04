/** The command was called wrongly; the message says what is wrong and what is right. */
export class OptionError extends Error {
  override name = "OptionError";
}
