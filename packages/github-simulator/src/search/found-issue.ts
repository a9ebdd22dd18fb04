import type { Issue, PullRequest, Repository } from "../world/state/state.ts";

/** What a search of issues finds, as GraphQL's nodes are. */
export type Found =
  | { type: "Issue"; repository: Repository; issue: Issue }
  | { type: "PullRequest"; repository: Repository; pull: PullRequest };

export function itemOf(found: Found): Issue | PullRequest {
  return found.type === "Issue" ? found.issue : found.pull;
}
