import type { Document, ErrorCode } from "yaml";
import type { WorkflowFinding, WorkflowSource } from "./workflow.ts";

/**
 * What YAML forbids, and the replacement characters of bytes that are not UTF-8.
 * https://yaml.org/spec/1.2.2/#51-character-set
 */
// eslint-disable-next-line no-control-regex
const noCharacters = /[\0-\x08\v\f\x0e-\x1f\x7f\uFFFD]/;

/** Why this is not YAML; nothing if it is. */
export function yamlProblems(
  document: Document.Parsed,
  { text }: WorkflowSource,
  lineAt: (offset: number) => number,
): WorkflowFinding[] {
  if (text.trim() === "") return [{ line: 1, must: "not be empty" }];
  const unprintable = text.search(noCharacters);
  if (unprintable >= 0)
    return [{ line: lineAt(unprintable), must: "be text in UTF-8, without control characters" }];
  // What follows the first break is read in the wrong place, and most of it fails because of that.
  const end = document.errors.findIndex(({ code }) => code !== "DUPLICATE_KEY") + 1;
  return document.errors
    .slice(0, end > 0 ? end : undefined)
    .map(({ code, pos }) => ({ line: lineAt(pos[0]), must: phraseFor(code) }));
}

/** The parser's message, in words that do not quote the file. */
function phraseFor(code: ErrorCode): string {
  if (code === "DUPLICATE_KEY") return "not define the same key twice";
  const reason = syntaxReasons[code];
  return reason === undefined ? "be valid YAML" : `be valid YAML: ${reason}`;
}

/** https://eemeli.org/yaml/#errors */
const syntaxReasons: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: "an alias has no anchor before it",
  BAD_DQ_ESCAPE: "a backslash between double quotes is not a valid escape; use single quotes",
  BAD_INDENT: "the indentation is wrong",
  BAD_SCALAR_START: "a text begins with a character that needs quotes",
  BLOCK_AS_IMPLICIT_KEY: "a line contains a second colon that needs quotes",
  MISSING_CHAR: "a quote, a bracket or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a key is longer than one line, or has no colon",
  MULTIPLE_DOCS: "it contains more than one document",
  TAB_AS_INDENT: "a line is indented with a tab instead of spaces",
};
