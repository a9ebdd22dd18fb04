/** How something is, told by colour, and always by words as well. */
export type Tone = "good" | "warn" | "bad" | "quiet";

/** A few words, and how they are meant. */
export interface Words {
  readonly text: string;
  /** What is worth less attention, such as how long ago. */
  readonly detail?: string;
  readonly tone: Tone;
}
