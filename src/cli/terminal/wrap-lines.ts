import { widthOf } from "../../format-text.ts";

/**
 * Breaks long lines between words, so that the terminal does not break them inside words; continued
 * lines are indented.
 *
 * @param columns of the terminal; lines are not broken where it is absent, as in a file, or 0, as in a
 *   terminal without a size
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
  // Spaces of the indentation and between columns belong to the word after them.
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current !== "" && widthOf(current + word) > columns) {
      lines.push(current);
      current = `${indent}  ${word.trimStart()}`;
    } else current += word;
  }
  return [...lines, current];
}
