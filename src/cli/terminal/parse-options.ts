import { InvalidArgumentError } from "commander";
import { namePatterns } from "../../fleet/name-patterns.ts";
import { statusChecks, type StatusCheck } from "../../operations/status/crossing.ts";

// What commander calls with the text of an option; its message follows the option's name.

/** A whole number from 0 on. */
export function parseCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number.");
}

export function parseAtLeastOne(text: string): number {
  const count = parseCount(text);
  if (count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1 on.");
}

/** A number of days. */
export function parseDays(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a number of days, such as 14.");
}

/** `2026-05-01` or another date of ISO 8601, as `2026-05-01T00:00:00.000Z`. */
export function parseDate(text: string): string {
  const date = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(date)) return new Date(date).toISOString();
  throw new InvalidArgumentError("Give a date, such as 2026-05-01.");
}

/** `owner/name` */
export function parseRepository(text: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(text)) throw new InvalidArgumentError("Give it as owner/name.");
  return text;
}

/** `containers.github.example.com` */
export function parseRegistry(text: string): string {
  if (namePatterns.registry.test(text)) return text;
  throw new InvalidArgumentError(
    "Give the host as images begin, such as containers.github.example.com.",
  );
}

/** `files,ci` */
export function parseChecks(text: string): StatusCheck[] {
  return text.split(",").map((part) => {
    const check = statusChecks.find((each) => each === part.trim());
    if (check) return check;
    throw new InvalidArgumentError(
      `"${part.trim().slice(0, 40)}" is not a check; there are ${statusChecks.join(", ")}.`,
    );
  });
}

/** Ids separated by spaces or commas, added to the ids of the option's earlier values. */
export function parseIds(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(/[\s,]+/).filter(Boolean)];
}
