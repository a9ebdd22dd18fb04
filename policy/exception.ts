/** Leave to break one rule in one place, for a while, as it stands in the policy configuration. */
export interface Exception {
  /** A repository's name, or a resource's logical name. */
  readonly for?: string;
  /** Who answers for it. */
  readonly owner?: string;
  readonly reason?: string;
  /** ISO-8601 date: the last day it counts. */
  readonly until?: string;
}
