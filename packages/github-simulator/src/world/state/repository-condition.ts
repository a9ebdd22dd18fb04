/**
 * The repositories that an organisation's ruleset holds. Field names are those of GitHub's REST API,
 * which answers them as they were given.
 */
export type RepositoryCondition =
  /** Patterns of names, and `~ALL`. */
  | { repository_name: { include: string[]; exclude: string[]; protected?: boolean | undefined } }
  | { repository_id: { repository_ids: number[] } }
  | { repository_property: { include: PropertyTarget[]; exclude: PropertyTarget[] } };

export interface PropertyTarget {
  name: string;
  /** One of them is enough. */
  property_values: string[];
  source: "custom";
}
