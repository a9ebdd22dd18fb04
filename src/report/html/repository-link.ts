import { html, type Markup } from "./markup.ts";

/** Opens a repository's dialog in the page. */
export function repositoryLink(stack: string, name: string): Markup {
  return html`<a class="repo" href="#${repositoryAnchor(stack, name)}">${name}</a>`;
}

export function repositoryAnchor(stack: string, name: string): string {
  return `repository/${encodeURIComponent(stack)}/${encodeURIComponent(name)}`;
}
