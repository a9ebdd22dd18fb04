import type { FleetStatus } from "../../operations/status/fleet-status.ts";

/** When the last of the stacks was read: a report is as new as that. */
export function writtenAt(stacks: readonly Pick<FleetStatus, "readAt">[]): string {
  const moments = stacks.map(({ readAt }) => readAt);
  return moments.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? "";
}
