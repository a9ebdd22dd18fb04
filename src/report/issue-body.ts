import { longestIssueBody } from "../github/issues/upsert-issue.ts";
import { plainMarkdown } from "../markdown.ts";
import { clipped, count } from "../format-text.ts";

/** Room for the marker, and for the number of items that do not fit. */
const reserve = 400;
/** Room for notes: a fleet that cannot be read has a thousand of them. */
const roomOfNotes = longestIssueBody / 4;
/** Room for one text, such as a list of all repositories that lost the secret. */
const longestText = 2000;

export interface IssueParts {
  readonly head: string;
  /** Markdown, one list item each. */
  readonly items: readonly string[];
  /** Further notes, one line of Markdown each. */
  readonly notes: readonly string[];
  readonly foot: string;
}

/** The body of an issue with as many items and notes as fit, and the number of those that do not. */
export function issueBody({ head, items, notes, foot }: IssueParts): string {
  const shownNotes = fitting(notes, roomOfNotes, 2);
  const tail = [...shownNotes, ...rest("note", notes, shownNotes, "_", "_"), foot].join("\n\n");
  const shown = fitting(items, longestIssueBody - reserve - head.length - tail.length, 1);
  return [head, [...shown, ...rest("finding", items, shown, "- ")].join("\n"), tail].join("\n\n");
}

/** Text from outside for an issue, limited in length. */
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
