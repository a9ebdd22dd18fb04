/** What is known of a request beside what is sent; octokit carries it along as `request`. */
export interface RequestNotes {
  /** Tells whoever made the request why it takes long. */
  tell?: (message: string) => void;
  /** Where it asks for too much at once, whoever made it asks for less: the same again is no use. */
  canBeHalved?: boolean;
  /** How often GitHub refused it for a limit that says no end. */
  refusals?: number;
  /** How often it failed in a way that may pass. */
  failures?: number;
  /** How often it was asked again; the retry plugin's. */
  retryCount?: number;
  /** How often it may be asked again; the retry plugin's. */
  retries?: number;
}
