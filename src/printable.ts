import { visible } from "./visible-text.ts";

/**
 * Text of others for a line of a terminal: control characters, which could draw over what is there,
 * are shown as ?, and the next line goes on in this one. GitHub's runner obeys `##[` anywhere in what a
 * step prints.
 *
 * @see https://github.com/actions/runner/blob/v2.329.0/src/Runner.Common/ActionCommand.cs
 */
export function printable(text: string): string {
  return visible(text)
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(/\p{Cc}/gu, "?")
    .replaceAll("##[", "## [");
}

/** The same in several lines, none of which GitHub's runner takes for a command. */
export function printableLines(text: string): string {
  const lines = text.split(/\r?\n/).map(printable);
  return lines.map((line) => line.replace(/^(\s*):(?=:)/, "$1: ")).join("\n");
}
