/** The command was called wrongly; the message says what is wrong and how it is right. */
export class OptionError extends Error {
  override name = "OptionError";
}
