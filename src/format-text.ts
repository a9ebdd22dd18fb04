import { stripVTControlCharacters } from "node:util";

/** "1 day", "3 days", "1,200 repositories". */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  const plural = noun.endsWith("y") && !/[aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ie` : noun;
  return `${number.toLocaleString("en")} ${plural}s`;
}

/** "api, web and 3 more": names, of which the first ones are shown. */
export function listed(names: readonly string[], most = 5): string {
  const rest = names.length - most;
  return names.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** "2026-08-13 09:00" in UTC, from a moment in any time zone. */
export function minute(moment: string): string {
  return new Date(moment).toISOString().slice(0, 16).replace("T", " ");
}

/** "2026-08-13", in UTC. */
export function day(moment: string): string {
  return minute(moment).slice(0, 10);
}

/** "24 November 2026", in UTC. */
export function longDay(moment: string): string {
  return new Date(moment).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}

/** The time between two moments, in the largest unit that is at least one: "3 h ago". */
export function ago(at: string, now: string): string {
  const minutes = Math.max(0, Math.floor((Date.parse(now) - Date.parse(at)) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} d ago`;
}

/** Whole days between two moments, rounded down; negative where the second is earlier. */
export function wholeDays(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** "40 s", "3 min", "2 h 5 min"; rounded up. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "waits for merge #7"; the number is that of the pull request's page. */
export function waitsForMerge(url: string): string {
  return `waits for merge ${numberOf(url)}`;
}

/** "#7", of a pull request's page. */
export function numberOf(url: string): string {
  return `#${url.slice(url.lastIndexOf("/") + 1)}`;
}

/** Cuts a text to this many characters, with "…" at the end; a character of two code units stays whole. */
export function clipped(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** How many columns of a terminal a text takes, whatever its colours. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
