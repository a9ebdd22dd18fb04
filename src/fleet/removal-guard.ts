import { UserError } from "../user-error.ts";

/** The largest share of a fleet that may leave in one update without confirmation of the number. */
const largestRemoval = 0.25;

/**
 * Refuses an update in which more than a quarter of the fleet leaves, because that is also the result
 * of a typing error in a pattern.
 *
 * @param allowed how many repositories may leave in this one run; it raises the limit
 * @returns the reason for refusing, or nothing
 */
export function refuseRemoval(
  before: readonly string[],
  after: readonly string[],
  allowed: number,
): string | undefined {
  // GitHub compares names without case: another spelling is the same repository.
  const staying = new Set(after.map((name) => name.toLowerCase()));
  const leaving = before.filter((name) => !staying.has(name.toLowerCase()));
  if (leaving.length <= allowed || leaving.length <= before.length * largestRemoval)
    return undefined;
  const shown = leaving.slice(0, 10).join(", ") + (leaving.length > 10 ? ", ..." : "");
  const share = Math.round((leaving.length / before.length) * 100);
  return (
    `this update removes ${leaving.length} of ${before.length} repositories (${share} %) from the fleet: ${shown}. ` +
    `More than ${largestRemoval * 100} % leave only if you confirm the number${allowed > 0 ? ` (${allowed} were)` : ""}: ` +
    `check fleet.repositories, or run with GHCR_FLEET_ALLOW_REMOVALS=${leaving.length} (rollout: --allow-removals ${leaving.length})`
  );
}

/** Whether an error of an update is the reason that {@link refuseRemoval} gives. */
export function isRemovalRefusal(reason: string): boolean {
  return /^this update removes \d+ of \d+ repositories /.test(reason);
}

/**
 * How many repositories may leave the fleet in this one run, from GHCR_FLEET_ALLOW_REMOVALS.
 * @throws {UserError} it is not a whole number
 */
export function parseRemovals(text = "0"): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UserError(
    `GHCR_FLEET_ALLOW_REMOVALS is "${text.slice(0, 40)}"; give the number of repositories that may leave, such as 3`,
  );
}
