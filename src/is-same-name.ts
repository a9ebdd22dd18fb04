/** Whether two names of accounts, repositories or teams are the same for GitHub, which ignores case. */
export function isSameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
