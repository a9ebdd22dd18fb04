import { visible } from "../../printable.ts";

/** HTML that is safe in a page: everything in it is escaped, or part of a template. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | false | null | undefined | readonly Part[];

/**
 * Builds HTML; values are escaped for text and for attributes in double quotes, unless they are markup.
 * (hono/html does the same, but may return a promise.)
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    withoutIndent(strings).reduce((text, string, index) => text + print(parts[index - 1]) + string),
  );
}

const unindented = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Keeps a page of a thousand rows small. */
function withoutIndent(strings: TemplateStringsArray): readonly string[] {
  const known = unindented.get(strings) ?? strings.map((text) => text.replace(/\s*\n\s*/g, "\n"));
  unindented.set(strings, known);
  return known;
}

function print(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (part === false || part === null || part === undefined) return "";
  if (typeof part === "object") return part.map(print).join("");
  return escapeText(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/**
 * JSON for a `<script type="application/json">`: nothing in it can end the element or start a comment.
 * @see https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
 */
export function jsonMarkup(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

/** A link, or only its text where there is no page. */
export function link(text: string, url: string | null): Markup {
  return url === null ? html`${text}` : html`<a href="${url}">${text}</a>`;
}

/** A part of the page, with its title. */
export function section(id: string, title: string, body: Markup): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}
