import type { FoundRepository } from "../../src/fleet/selection/select-repositories.ts";

/** A repository as GitHub describes it: private, in use, and on `main`. */
export function foundRepository(
  name: string,
  more: Partial<FoundRepository> = {},
): FoundRepository {
  return {
    name,
    id: name.length,
    visibility: "private",
    archived: false,
    disabled: false,
    empty: false,
    defaultBranch: "main",
    topics: [],
    ...more,
  };
}
