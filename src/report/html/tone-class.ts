import type { Tone } from "../tone.ts";

/** Names of one letter keep a table of a thousand repositories small. */
export const toneClass: Readonly<Record<Tone, string>> = {
  good: "g",
  warn: "w",
  bad: "b",
  quiet: "q",
};
