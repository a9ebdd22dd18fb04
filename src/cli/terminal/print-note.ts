import { isRedrawn } from "./is-redrawn.ts";
import { emptyLine } from "./with-progress.ts";

/** Prints a line that is not part of the result: to standard error, so that the result can be piped. */
export function printNote(message: string): void {
  process.stderr.write(`${isRedrawn(process.stderr) ? emptyLine : ""}${message}\n`);
}
