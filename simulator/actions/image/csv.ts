/**
 * Splits one CSV record, as docker's actions read their list inputs: `a=1,"b=2,3"`.
 * A doubled quote inside quotes is a quote.
 */
export function splitCsv(record: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let index = 0; index < record.length; index += 1) {
    const character = record.charAt(index);
    if (character === '"') {
      if (quoted && record.charAt(index + 1) === '"') {
        field += '"';
        index += 1;
      } else quoted = !quoted;
    } else if (character === "," && !quoted) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field];
}

/** Comma- or line-separated items, without empty ones. */
export function splitList(lines: readonly string[]): string[] {
  return lines.flatMap(splitCsv).flatMap((item) => (item.trim() === "" ? [] : item.trim()));
}
