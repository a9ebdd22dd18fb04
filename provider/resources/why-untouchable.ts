import type { RepositorySnapshot } from "../../src/github/repositories/repository-snapshot.ts";

/**
 * Why nothing can be taken out of a repository that leaves the fleet, or `undefined` where it can.
 * Repositories leave because they were archived, deleted or renamed, too: then what was put there
 * is gone, unchangeable, or belongs to the repository under its new name.
 */
export function whyUntouchable(
  name: string,
  snapshot: RepositorySnapshot | undefined,
): string | undefined {
  if (!snapshot) return "the repository was renamed or deleted, or the admin token may not see it";
  if (snapshot.name !== name) return `the repository is now called ${snapshot.name}`;
  if (snapshot.archived) return "the repository is archived";
  if (snapshot.disabled) return "GitHub has disabled the repository";
  return undefined;
}
