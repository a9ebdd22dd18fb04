import { visible } from "../visible-text.ts";

/** Text of others for a terminal: control characters, which could draw over what is there, are shown as ?. */
export function printable(text: string): string {
  return visible(text).replaceAll(/\p{Cc}/gu, "?");
}
