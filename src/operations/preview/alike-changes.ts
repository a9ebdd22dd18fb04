import type { RepositoryChanges } from "./stack-preview.ts";

/** Repositories that change in the same way, but for their own names. */
export interface AlikeChanges {
  /** Sorted; empty for what all repositories share. */
  readonly repositories: readonly string[];
  /** Those of the first one. */
  readonly resources: RepositoryChanges["resources"];
}

/** One template that changes is one change, however many repositories it reaches. */
export function groupAlike(changes: readonly RepositoryChanges[]): AlikeChanges[] {
  const groups = new Map<string, RepositoryChanges[]>();
  for (const change of changes) {
    const key = signature(change);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].map((group) => ({
    repositories: group.flatMap(({ repository }) => repository ?? []),
    resources: group[0]?.resources ?? [],
  }));
}

function signature({ repository, resources }: RepositoryChanges): string {
  const text = JSON.stringify(resources);
  return repository === undefined ? text : text.replaceAll(repository, "\0");
}
