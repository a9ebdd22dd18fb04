export interface Declined {
  /** The pull request. */
  readonly url: string;
  /** Login. */
  readonly by?: string | undefined;
  /** ISO-8601 */
  readonly at: string;
}

/** Who declined what and since when, with the next step. */
export function describeDeclined(repository: string, { url, by, at }: Declined): string {
  return (
    `${by ?? "somebody"} declined ${url} on ${at.slice(0, 10)}: ${repository} stays as it is until another change is wanted; ` +
    `reopen it, or offer it again with GHCR_FLEET_OFFER_AGAIN=${repository} (rollout: --offer-again ${repository})`
  );
}
