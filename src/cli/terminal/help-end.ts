/** What follows the options in a verb's help: what else there is to know, such as exit codes, and examples. */
export function helpEnd(text: string, ...commands: readonly string[]): string {
  return `\n${text}\n${examples(...commands)}`;
}

/** The last part of a verb's help: whole commands, one a line. */
export function examples(...commands: readonly string[]): string {
  return ["\nExamples:", ...commands.map((command) => `  ${command}`)].join("\n");
}
