import type { Repository } from "../state/state.ts";

/** Issues and pull requests of a repository share their numbers. */
export function nextNumber({ issues, pulls }: Repository): number {
  return issues.length + pulls.length + 1;
}
