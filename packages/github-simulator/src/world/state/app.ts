/** A GitHub App of the organisation, and its only installation: on the organisation itself. */
export interface App {
  id: number;
  slug: string;
  /** PKCS#1 in PEM, as GitHub's page generates it. */
  privateKey: string;
  permissions: Record<string, "read" | "write">;
  /** Ids of the repositories that its owner chose; undefined: all of the organisation, later ones included. */
  repositories: number[] | undefined;
  /** Login of the organisation. */
  owner: string;
  installationId: number;
  createdAt: string;
  /** ISO 8601; null: it is not suspended. */
  suspendedAt: string | null;
}
