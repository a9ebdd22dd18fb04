import { InvalidArgumentError } from "commander";

/** Reads `2026-05-01` or a moment of ISO 8601, as the latter. */
export function parseMoment(text: string): string {
  const moment = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (!Number.isNaN(moment)) return new Date(moment).toISOString();
  throw new InvalidArgumentError("Give a date, such as 2026-05-01.");
}
