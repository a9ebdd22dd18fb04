import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { isScalar, parseDocument, visit } from "yaml";
import { isBoolean, isNumber, isString } from "./github-language.ts";

/** The text of a node that must not contain an expression, such as `uses`; else `undefined`. */
export function literalText(token: TemplateToken | undefined): string | undefined {
  if (token === undefined) return undefined;
  return isString(token) || isNumber(token) || isBoolean(token) ? String(token.value) : undefined;
}

/**
 * Joins every multi-line text with an expression into one line, and keeps the number of lines.
 *
 * GitHub's parser is made for editors: for multi-line texts with expressions it returns the source,
 * with the file's indentation and unfolded, but a runner needs the value.
 * @returns the file unchanged if it is not YAML: the parser then reports why
 */
export function joinScalars(content: string): string {
  const document = parseDocument(content);
  if (document.errors.length > 0) return content;
  const edits: { start: number; end: number; text: string }[] = [];
  visit(document, (_, node) => {
    if (!isScalar(node) || typeof node.value !== "string" || node.range == null) return;
    const [start, end] = node.range;
    const lines = content.slice(start, end).split("\n").length - 1;
    if (lines === 0 || !node.value.includes("${{")) return;
    edits.push({ start, end, text: JSON.stringify(node.value) + "\n".repeat(lines) });
  });
  // From the end, so that the earlier positions stay valid.
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), content);
}
