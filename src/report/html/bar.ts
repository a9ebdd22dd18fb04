import type { Tone } from "../tone.ts";
import { html, type Markup } from "./markup.ts";

export interface Segment {
  readonly tone: Tone | "ci" | "release";
  /** From 0 to 1. */
  readonly share: number;
}

/** A bar of segments. The text beside it says the same, so it is hidden from screen readers. */
export function bar(segments: readonly Segment[]): Markup {
  let x = 0;
  const shown = segments
    .filter(({ share }) => share > 0)
    .map(({ tone, share }) => {
      // Even a very small share stays visible.
      const width = Math.max(1, Math.min(100, share * 100));
      const start = Math.min(x, 100 - width);
      x += width;
      return html`<rect class="${tone}" x="${round(start)}" width="${round(width)}" height="1" />`;
    });
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    ${shown}
  </svg>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
