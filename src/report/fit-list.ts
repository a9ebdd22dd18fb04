import { longestIssueBody } from "../github/keep-issue.ts";
import { count } from "./count.ts";

/** Room for the marker, and for what is said of the items that have no room. */
const reserve = 300;

/** A text with as many items of its list as an issue takes, and the number of the others. */
export function fitList(head: string, items: readonly string[], tail: string): string {
  let room = longestIssueBody - reserve - head.length - tail.length;
  const shown = items.filter((item) => (room -= item.length + 1) >= 0);
  const left = items.length - shown.length;
  const more =
    left > 0 ? [`- and ${count(left, "more finding")}: run the command to see them`] : [];
  return [head, [...shown, ...more].join("\n"), tail].join("\n\n");
}
