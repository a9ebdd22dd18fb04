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

/**
 * Wrong configuration: one line for each problem, which begins with the file. The rest of a line says
 * where in the file, what is wrong, and the fix.
 */
export class ConfigurationError extends UsageError {
  override name = "ConfigurationError";

  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
  }
}

/** @param file as a person finds it: `Pulumi.acme.yaml` */
export function problemsIn(file: string, problems: readonly string[]): ConfigurationError {
  return new ConfigurationError(problems.map((problem) => `${file}: ${problem}`));
}

/** The same error as one of the configuration in a file; all but wrong usage stays as it is. */
export function inFile(file: string, error: unknown): unknown {
  if (!(error instanceof UsageError) || error instanceof ConfigurationError) return error;
  return problemsIn(file, error.message.split("\n"));
}
