import { UserError } from "../user-error.ts";

/**
 * How many repositories may leave the fleet in this one run, from GHCR_FLEET_ALLOW_REMOVALS.
 * @throws {UserError} it is no whole number
 */
export function parseRemovals(text = "0"): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UserError(
    `GHCR_FLEET_ALLOW_REMOVALS is "${text.slice(0, 40)}"; give the number of repositories that may leave, such as 3`,
  );
}
