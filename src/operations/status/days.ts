/** Whole days between two ISO-8601 moments, rounded down; negative where the second is earlier. */
export function wholeDays(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
