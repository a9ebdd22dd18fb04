import { visible } from "../../visible-text.ts";

/**
 * Text as Markdown that shows it and does nothing else: no markup, no HTML, nobody is notified because
 * a name stands behind an @, and no issue is linked because a number stands behind a #.
 */
export function plainMarkdown(text: string): string {
  const escaped = legible(text.replaceAll(/\s+/g, " "))
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_{}[\]|~]|^(?:[+>=-]|#+(?= ))|(?<=^\d+)[.)](?= )/g, "\\$&");
  return inert(withoutMath(escaped));
}

/**
 * Two dollar signs make mathematics of what is between them, and a backslash does not keep GitHub from it.
 * @see https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
 */
function withoutMath(text: string): string {
  return text.split("$").length > 2 ? text.replaceAll("$", "<span>$</span>") : text;
}

/**
 * Characters that have no shape, written out: a carriage return in a diff begins a line that looks
 * like one of its own, and at the end of a line it may be all that differs.
 */
function legible(text: string): string {
  return visible(text)
    .replaceAll("\r", "␍")
    .replaceAll(
      /[^\P{Cc}\t\n]/gu,
      (control) => `<U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
    );
}

/**
 * GitHub looks for mentions and references in what Markdown has become, so a backslash does not keep
 * it from them; an invisible space does. https://github.com/github/cmark-gfm/issues/181
 */
function inert(text: string): string {
  return text.replaceAll("@", "@\u200b").replaceAll(/(#|\bGH-)(?=\d)/gi, "$1\u200b");
}

/** Code within a line; a fence longer than any in the text keeps it together. */
export function inlineCode(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${legible(text.replaceAll(/\s+/g, " "))}${pad}${fence}`;
}

export function codeBlock(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${legible(text)}\n${fence}`;
}

/** @param summary Markdown without block elements is not read there: plain text only */
export function folded(summary: string, body: string): string {
  const heading = inert(
    legible(summary.replaceAll(/\s+/g, " ")).replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  );
  return `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;
}

/** @param longest characters that are shown; one of two code units is not cut in half */
export function clipped(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
