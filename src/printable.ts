/** Characters that change the order in which text is shown. */
const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text with these characters written out, as `<U+202E>`: otherwise a diff could be shown in another order
 * than it is executed, and a name could reverse the text next to it.
 *
 * @see https://trojansource.codes
 */
export function visible(text: string): string {
  return text.replace(
    reordering,
    (mark) => `<U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

/**
 * Characters that a terminal obeys, or that reverse text, are written out; line ends and tabs stay. For what
 * `pulumi preview --diff` shows as it is.
 */
export function showable(text: string): string {
  return text.replaceAll(
    /\r(?!\n)|[^\P{Cc}\t\n\r]|\p{Bidi_C}/gu,
    (mark) => `<U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

/**
 * A control character, a character that changes the order in which text is shown, or one that YAML readers
 * treat differently: no text of a configuration needs them.
 */
export const unprintable = /[\p{Cc}\p{Cs}\p{Bidi_C}\u2028\u2029\uFEFF]/u;

/**
 * Text from outside for one line of a terminal: control characters, which could overwrite what is shown,
 * become ?, and line breaks become spaces. GitHub's runner executes `##[` anywhere in what a step prints.
 *
 * @see https://github.com/actions/runner/blob/v2.329.0/src/Runner.Common/ActionCommand.cs
 */
export function printable(text: string): string {
  return visible(text)
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(/\p{Cc}/gu, "?")
    .replaceAll("##[", "## [");
}

/** The same for several lines; GitHub's runner takes none of them for a command. */
export function printableLines(text: string): string {
  const lines = text.split(/\r?\n/).map(printable);
  return lines.map((line) => line.replace(/^(\s*):(?=:)/, "$1: ")).join("\n");
}
