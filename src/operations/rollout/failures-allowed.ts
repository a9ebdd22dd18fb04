import type { FleetConfig } from "../../fleet/fleet-config.ts";

/**
 * How many repositories may fail before a rollout stops. A share is rounded down: it is what may
 * fail.
 *
 * @param whole how many there are
 */
export function failuresAllowed(
  { failureBudget: budget }: Pick<FleetConfig, "failureBudget">,
  whole: number,
): number {
  return typeof budget === "number"
    ? budget
    : Math.floor((whole * Number.parseInt(budget, 10)) / 100);
}
