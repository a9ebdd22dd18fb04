/** How good something is; shown as a colour, and always in words as well. */
export type Tone = "good" | "warn" | "bad" | "quiet";

/** A few words with their tone. */
export interface Words {
  readonly text: string;
  /** Less important, such as how long ago it was. */
  readonly detail?: string;
  readonly tone: Tone;
}
