import { printableLines } from "../printable.ts";
import { UserError } from "../user-error.ts";

/**
 * What a person gets to read of an error that ended the command. Of a bug it is the stack alone, and
 * of the engine's failure what it calls an error: what else such errors hold may hold tokens, for
 * the engine was asked for configuration and state in clear.
 */
export async function explainEnd(error: unknown): Promise<string> {
  if (error instanceof UserError) return printableLines(error.message);
  if (!(error instanceof Error)) return `${bug}: ${typeof error} was thrown`;
  if (isOfEngine(error)) {
    const { engineErrors } = await import("../stack/engine-errors.ts");
    const reasons = engineErrors(error);
    return printableLines(
      reasons.length > 0 ? reasons.join("\n") : "the engine failed, and did not say why",
    );
  }
  return printableLines(`${bug}: ${error.stack ?? error.message}`);
}

const bug = "a bug in ghcr-fleet, please report it";

/** By its field, for the Automation API takes a while to load, and most verbs do without it. */
function isOfEngine(error: Error): boolean {
  return "commandResult" in error;
}
