import { stripVTControlCharacters } from "node:util";

/**
 * Breaks lines between words, so that a terminal need not break them within; what goes on is set in.
 *
 * @param columns of the terminal; nothing is broken where it is absent, as in a file, or 0, as in a
 *   terminal that nobody has told its size
 */
export function wrapLines(text: string, columns: number | undefined): string {
  if (!columns) return text;
  return text
    .split("\n")
    .flatMap((line) => (widthOf(line) <= columns ? line : wrapLine(line, columns)))
    .join("\n");
}

function wrapLine(line: string, columns: number): string[] {
  const [indent = ""] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let current = "";
  // A space of the indent or between columns belongs to the word behind it.
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current !== "" && widthOf(current + word) > columns) {
      lines.push(current);
      current = `${indent}  ${word.trimStart()}`;
    } else current += word;
  }
  return [...lines, current];
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
