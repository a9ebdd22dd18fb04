import { InvalidArgumentError } from "commander";

/** A number of days from the command line. */
export function parseDays(value: string): number {
  if (/^\d{1,4}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("Give a number of days, such as 14.");
}
