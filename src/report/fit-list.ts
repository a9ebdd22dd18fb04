import { longestIssueBody } from "../github/issues/upsert-issue.ts";
import { clipped, plainMarkdown } from "../operations/preview/markdown.ts";
import { count } from "./count.ts";

/** Room for the marker, and for what is said of what has no room. */
const reserve = 400;
/** The part of an issue that notes may take: a fleet that cannot be read has a thousand. */
const roomOfNotes = longestIssueBody / 4;
/** Characters of one text of an issue, such as a list of all repositories that lost the secret. */
const longestText = 2000;

export interface IssueParts {
  readonly head: string;
  /** Markdown, one item of a list each. */
  readonly items: readonly string[];
  /** What else is to be said, each in one line of Markdown. */
  readonly notes: readonly string[];
  readonly foot: string;
}

/** A text with as many items and notes as an issue takes, and the numbers of the others. */
export function fitList({ head, items, notes, foot }: IssueParts): string {
  const shownNotes = fitting(notes, roomOfNotes, 2);
  const tail = [...shownNotes, ...rest("note", notes, shownNotes, "_", "_"), foot].join("\n\n");
  const shown = fitting(items, longestIssueBody - reserve - head.length - tail.length, 1);
  return [head, [...shown, ...rest("finding", items, shown, "- ")].join("\n"), tail].join("\n\n");
}

/** Text of others for an issue, cut where it is endless. */
export function issueText(text: string): string {
  return plainMarkdown(clipped(text, longestText));
}

function fitting(texts: readonly string[], room: number, gap: number): string[] {
  let left = room;
  return texts.filter((text) => (left -= text.length + gap) >= 0);
}

function rest(
  noun: string,
  all: readonly string[],
  shown: readonly string[],
  before: string,
  after = "",
): string[] {
  const left = all.length - shown.length;
  return left === 0
    ? []
    : [`${before}and ${count(left, `more ${noun}`)}: run the command to see them${after}`];
}
