/**
 * Reads what a step wrote to `GITHUB_OUTPUT` or `GITHUB_ENV`: `name=value` lines and
 * `name<<DELIMITER` blocks.
 * @throws Error with the runner's words on anything else
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
 */
export function parseFileCommand(content: string): Map<string, string> {
  const values = new Map<string, string>();
  const lines = content.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const [, name, separator, rest = ""] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw new Error(`Invalid format '${line}'`);
    if (separator === "=") {
      values.set(name, rest);
      continue;
    }
    if (name === "" || rest === "") {
      throw new Error(
        `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
      );
    }
    const end = lines.indexOf(rest, index + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`);
    values.set(name, lines.slice(index + 1, end).join("\n"));
    index = end;
  }
  return values;
}
