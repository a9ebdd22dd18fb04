import type { Tone } from "../tone.ts";

/** Classes of one letter: a table of a thousand repositories names thousands. */
export const toneClass: Readonly<Record<Tone, string>> = {
  good: "g",
  warn: "w",
  bad: "b",
  quiet: "q",
};
