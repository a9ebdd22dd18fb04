/** Whether GitHub takes two names of accounts, repositories or teams for the same: it ignores case. */
export function isSameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
