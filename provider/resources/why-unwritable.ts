import type { RepositorySnapshot } from "../../src/github/repositories/repository-snapshot.ts";

/**
 * Why nothing can be removed from a repository that leaves the fleet, or `undefined` where it can.
 * Repositories also leave because they were archived, deleted or renamed: then what was written there
 * is gone, unchangeable, or belongs to the repository under its new name.
 */
export function whyUnwritable(
  name: string,
  snapshot: RepositorySnapshot | undefined,
): string | undefined {
  if (!snapshot) return "the repository was renamed or deleted, or the admin token may not see it";
  if (snapshot.name !== name) return `the repository is now called ${snapshot.name}`;
  if (snapshot.archived) return "the repository is archived";
  if (snapshot.disabled) return "GitHub has disabled the repository";
  return undefined;
}
