import type { RepositoryChanges } from "../../operations/preview/stack-preview.ts";

/** Repositories that change in the same way, apart from their names. */
export interface AlikeChanges {
  /** Sorted; empty for what all repositories share. */
  readonly repositories: readonly string[];
  /** Of the first repository. */
  readonly resources: RepositoryChanges["resources"];
  readonly credential: RepositoryChanges["credential"];
  readonly delivery: RepositoryChanges["delivery"];
}

/** Groups repositories that change alike: a changed template is one change. */
export function groupAlike(changes: readonly RepositoryChanges[]): AlikeChanges[] {
  const groups = Map.groupBy(changes, signature);
  return [...groups.values()].map((group) => ({
    repositories: group.flatMap(({ repository }) => repository ?? []),
    resources: group[0]?.resources ?? [],
    credential: group[0]?.credential,
    delivery: group[0]?.delivery,
  }));
}

function signature({ repository, ...changes }: RepositoryChanges): string {
  const text = JSON.stringify(changes);
  return repository === undefined ? text : text.replaceAll(repository, "\0");
}
