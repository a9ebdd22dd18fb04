/** Prints a line beside the result: to standard error, so that the result can be piped. */
export function printNote(message: string): void {
  process.stderr.write(`${message}\n`);
}
