import { visible } from "../visible-text.ts";

/**
 * Text of others for a line of a terminal: control characters, which could draw over what is there,
 * are shown as ?, and the next line goes on in this one.
 */
export function printable(text: string): string {
  return visible(text)
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(/\p{Cc}/gu, "?");
}
