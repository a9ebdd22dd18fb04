/** Data about a request that is not sent; octokit passes it along as `request`. */
export interface RequestNotes {
  /** Reports to the caller why the request takes long. */
  report?: (message: string) => void;
  /** If it is too large, the caller sends a smaller one, so it is not repeated. */
  canBeHalved?: boolean;
  /** How often GitHub refused it for a limit without an end time. */
  refusals?: number;
  /** How often it failed with a temporary error. */
  failures?: number;
  /** How often it was repeated; of the retry plugin. */
  retryCount?: number;
  /** How often it may be repeated; of the retry plugin. */
  retries?: number;
}
