/** How something is, told by colour, and always by words as well. */
export type Tone = "good" | "warn" | "bad" | "quiet";

/** A few words, and how they are meant. */
export interface Words {
  readonly text: string;
  readonly tone: Tone;
}
