/**
 * Text as Markdown that shows it and does nothing else: no markup, no HTML, and nobody is notified
 * because a name stands behind an @.
 */
export function plainMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_{}[\]|#~]/g, "\\$&")
    .replaceAll("@", "@\u200b")
    .trim();
}

/** Code within a line; a fence longer than any in the text keeps it together. */
export function inlineCode(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")}${pad}${fence}`;
}

export function codeBlock(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** @param summary Markdown without block elements is not read there: plain text only */
export function folded(summary: string, body: string): string {
  const heading = summary
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "@\u200b");
  return `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;
}

/** @param longest characters that are shown */
export function clipped(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
