/**
 * Reads what a step wrote to `GITHUB_OUTPUT` or `GITHUB_ENV`: `name=value` lines and
 * `name<<DELIMITER` blocks.
 * @throws Error with the runner's words on anything else
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 */
export function parseFileCommand(content: string): Map<string, string> {
  const values = new Map<string, string>();
  const lines = content.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const block = /^([^=]+?)<<(.+)$/.exec(line);
    if (block !== null) {
      const [, name = "", delimiter = ""] = block;
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      values.set(name, lines.slice(index + 1, end).join("\n"));
      index = end;
      continue;
    }
    const equals = line.indexOf("=");
    if (equals <= 0) throw new Error(`Invalid format '${line}'`);
    values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return values;
}
