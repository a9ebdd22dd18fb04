import type { OwnerKind } from "../../account.ts";

/** What an admin token is used for: `watch` is drift, status and audit. */
export const uses = ["preview", "apply", "watch"] as const;
export type Use = (typeof uses)[number];

export interface RightsOf {
  readonly ownerKind: OwnerKind;
  /** Of the fleet's secret. */
  readonly scope: "organization" | "repository" | "environment";
}

/** GitHub's names of permissions, as an installation has them. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

/** What an App or a fine-grained PAT needs; the table in docs/guide.md. */
export function requiredPermissions(use: Use, { scope }: RightsOf): Permissions {
  const read = ["contents", "actions", "administration", "secrets"];
  const ofScope = {
    organization: ["organization_secrets", "organization_actions_variables"],
    repository: ["actions_variables"],
    environment: ["actions_variables", "environments"],
  }[scope];
  // A preview asks whether somebody declined what it would offer.
  const all = [...read, ...ofScope, "pull_requests"];
  if (use === "apply") return withLevel([...all, "workflows"], "write");
  return withLevel(all, "read");
}

function withLevel(names: readonly string[], level: "read" | "write"): Permissions {
  return Object.fromEntries(names.map((name) => [name, level]));
}

/** Scopes of a classic PAT without which the use fails. */
export function requiredScopes(use: Use, { scope }: RightsOf): string[] {
  return [
    "repo",
    ...(use === "apply" ? ["workflow"] : []),
    // GitHub shows an organisation's secrets to its owners only.
    ...(scope === "organization" ? ["admin:org"] : []),
  ];
}
