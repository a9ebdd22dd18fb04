/** "2026-08-13 09:00" in UTC, whatever zone the moment is told in. */
export function minute(moment: string): string {
  return new Date(moment).toISOString().slice(0, 16).replace("T", " ");
}

/** "2026-08-13", in UTC. */
export function day(moment: string): string {
  return minute(moment).slice(0, 10);
}
