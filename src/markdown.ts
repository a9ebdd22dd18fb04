import { visible } from "./printable.ts";

/**
 * Text as Markdown that only shows it: no markup, no HTML, no notification for a name after an @, and no
 * link to an issue for a number after a #.
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
 * GitHub renders the text between two dollar signs as mathematics; a backslash does not prevent that.
 * @see https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
 */
function withoutMath(text: string): string {
  return text.split("$").length > 2 ? text.replaceAll("$", "<span>$</span>") : text;
}

/**
 * Invisible characters, written out: a carriage return in a diff looks like a new line, and at the end of
 * a line it may be the only difference.
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
 * GitHub finds mentions and references in the rendered text, so a backslash does not prevent them; an
 * invisible space does. https://github.com/github/cmark-gfm/issues/181
 */
function inert(text: string): string {
  return text.replaceAll("@", "@\u200b").replaceAll(/(#|\bGH-)(?=\d)/gi, "$1\u200b");
}

/** Code within a line; its fence is longer than any in the text. */
export function inlineCode(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${legible(text.replaceAll(/\s+/g, " "))}${pad}${fence}`;
}

export function codeBlock(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${legible(text)}\n${fence}`;
}

/** @param summary plain text: GitHub renders no Markdown there */
export function folded(summary: string, body: string): string {
  const heading = inert(
    legible(summary.replaceAll(/\s+/g, " ")).replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  );
  return `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
