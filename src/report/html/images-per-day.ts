import type { FleetStatus } from "../../operations/status/fleet-status.ts";

export interface DayOfImages {
  /** `2026-11-24`, UTC. */
  readonly day: string;
  readonly ci: number;
  readonly release: number;
}

const shown = 30;

/**
 * How many images arrived on each of the last thirty days, oldest first. Only the images in the status
 * are counted, which has the newest ones of each repository.
 */
export function imagesPerDay(stacks: readonly FleetStatus[], now: string): DayOfImages[] {
  const last = Math.floor(Date.parse(now) / 86_400_000) * 86_400_000;
  const days = Array.from({ length: shown }, (_, index) => ({
    day: new Date(last - (shown - 1 - index) * 86_400_000).toISOString().slice(0, 10),
    ci: 0,
    release: 0,
  }));
  const byDay = new Map(days.map((day) => [day.day, day]));
  for (const { history } of stacks.flatMap(({ repositories }) => repositories)) {
    for (const { kind, pushedAt } of history.images) {
      const day = byDay.get(new Date(pushedAt).toISOString().slice(0, 10));
      if (day && kind !== "other") day[kind] += 1;
    }
  }
  return days;
}
