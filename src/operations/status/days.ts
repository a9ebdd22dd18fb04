/** Whole days from one ISO-8601 moment to another, rounded down; negative where it lies before. */
export function wholeDays(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
