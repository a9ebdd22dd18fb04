import { Scalar } from "yaml";

/**
 * Text that YAML readers, 1.1 or 1.2, take for a string even without quotes. Words such as `on` and
 * `null`, numbers and dates do not match. The grammar of YAML 1.1 would let a single dot be a number, but
 * readers ask for a digit, and `context: .` is how everybody writes it.
 */
const plain = /^(?:\.|(?:\.{1,2}\/)?[A-Za-z][A-Za-z0-9._@,-]*(?:\/[A-Za-z0-9._@,-]+)*)$/;
const reserved = /^(?:y|yes|n|no|on|off|true|false|null)$/i;

/** A YAML node that reads back as exactly this text, quoted unless it is obviously a plain word. */
export function inertScalar(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = plain.test(text) && !reserved.test(text) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** A `|` block with one line each, as the actions that take lists want it. */
export function literalBlock(lines: readonly string[]): Scalar<string> {
  const scalar = new Scalar(lines.map((line) => `${line}\n`).join(""));
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}
