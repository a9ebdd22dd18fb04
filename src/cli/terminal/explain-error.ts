import { printableLines } from "../../printable.ts";
import { UserError } from "../../user-error.ts";

/**
 * The text that is printed for an error that ended the command. For a bug it is the stack trace only, and
 * for a failure of the engine only its error lines: the other fields of such errors may contain tokens,
 * because the engine was asked for configuration and state in clear.
 */
export async function explainError(error: unknown): Promise<string> {
  if (error instanceof UserError) return printableLines(error.message);
  if (!(error instanceof Error)) return `${bug}: ${typeof error} was thrown`;
  if (isOfEngine(error)) {
    const { engineErrors } = await import("../../stack/engine-errors.ts");
    const reasons = engineErrors(error);
    return printableLines(
      reasons.length > 0 ? reasons.join("\n") : "the engine failed and gave no reason",
    );
  }
  return printableLines(`${bug}: ${error.stack ?? error.message}`);
}

const bug = "a bug in ghcr-fleet, please report it";

/** Checked by a field, because loading the Automation API takes long and most verbs do not need it. */
function isOfEngine(error: Error): boolean {
  return "commandResult" in error;
}
