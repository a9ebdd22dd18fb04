/** The last part of a verb's help: whole commands, one a line. */
export function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  ${command}\n`).join("")}`.trimEnd();
}
