import type { OwnerKind } from "../../account.ts";

/** What an admin token is used for: `watch` is drift, status and audit. */
export const uses = ["preview", "apply", "watch"] as const;
export type Use = (typeof uses)[number];

export interface RightsOf {
  readonly ownerKind: OwnerKind;
  /** Of the fleet's secrets. */
  readonly scopes: readonly ("organization" | "repository" | "environment")[];
  /** Whether teams select repositories. */
  readonly selectsTeams: boolean;
}

/** GitHub's names of permissions, as an installation has them. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

/** The same rights as scopes of a classic PAT, and as permissions of an App or a fine-grained PAT. */
export interface Rights {
  readonly scopes: readonly string[];
  readonly permissions: Permissions;
  /** Whether `public_repo` is as good as `repo`: a token that has it sees public repositories only. */
  readonly orPublicRepo?: boolean;
}

/** Rights, and what they are used for. */
export interface RightsUse extends Rights {
  /** "write workflow files of api, web" */
  readonly purpose: string;
}

/** What an App or a fine-grained PAT needs; the table in docs/guide.md. */
export function requiredPermissions(use: Use, rights: RightsOf): Permissions {
  const read = ["contents", "actions", "administration", "secrets"];
  const of = {
    organization: ["organization_secrets", "organization_actions_variables"],
    repository: ["actions_variables"],
    environment: ["actions_variables", "environments"],
  };
  const ofScope = possibleScopes(rights).flatMap((scope) => of[scope]);
  // A preview asks whether somebody declined what it would offer.
  const all = [...read, ...ofScope, "pull_requests"];
  const teams = seesTeams(rights) ? withLevel(["members"], "read") : {};
  if (use === "apply") return { ...withLevel([...all, "workflows"], "write"), ...teams };
  return { ...withLevel(all, "read"), ...teams };
}

function withLevel(names: readonly string[], level: "read" | "write"): Permissions {
  return Object.fromEntries(names.map((name) => [name, level]));
}

/** Scopes of a classic PAT without which the use fails. */
export function requiredScopes(use: Use, rights: RightsOf): string[] {
  // GitHub shows an organisation's secrets to its owners only.
  const isOwners = possibleScopes(rights).includes("organization");
  return [
    "repo",
    ...(use === "apply" ? ["workflow"] : []),
    ...(isOwners ? ["admin:org"] : []),
    // admin:org includes it.
    ...(seesTeams(rights) && !isOwners ? ["read:org"] : []),
  ];
}

/** A user account has no teams. */
function seesTeams({ ownerKind, selectsTeams }: RightsOf): boolean {
  return ownerKind === "Organization" && selectsTeams;
}

/** A user account has no organisation secret, so no right helps a configuration that asks for one. */
function possibleScopes({ ownerKind, scopes }: RightsOf): RightsOf["scopes"] {
  return ownerKind === "User" ? scopes.filter((scope) => scope !== "organization") : scopes;
}

/**
 * What each kind of write needs.
 *
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export const rightsToWrite = {
  files: {
    scopes: ["repo", "workflow"],
    permissions: { contents: "write", workflows: "write" },
    orPublicRepo: true,
  },
  pullRequests: {
    scopes: ["repo"],
    permissions: { pull_requests: "write" },
    orPublicRepo: true,
  },
  organizationSecret: { scopes: ["admin:org"], permissions: { organization_secrets: "write" } },
  organizationVariable: {
    scopes: ["admin:org"],
    permissions: { organization_actions_variables: "write" },
  },
  secret: { scopes: ["repo"], permissions: { secrets: "write" } },
  environmentSecret: { scopes: ["repo"], permissions: { environments: "write" } },
  variable: { scopes: ["repo"], permissions: { actions_variables: "write" } },
  settings: { scopes: ["repo"], permissions: { administration: "write" } },
} as const satisfies Record<string, Rights>;

/** Of a rotation: its trial is in secrets of repositories, also where the fleet's is the organisation's. */
export function rightsOfRotation(scopes: RightsOf["scopes"]): RightsUse[] {
  const own = { purpose: "write secrets of repositories", ...rightsToWrite.secret };
  const shared = {
    purpose: "write the organisation's secret",
    ...rightsToWrite.organizationSecret,
  };
  const inEnvironments = {
    purpose: "write secrets of environments",
    ...rightsToWrite.environmentSecret,
  };
  return [
    ...(scopes.includes("organization") ? [shared] : []),
    ...(scopes.some((scope) => scope !== "environment") ? [own] : []),
    ...(scopes.includes("environment") ? [inEnvironments] : []),
  ];
}

/** What reading needs, before anything is known about changes. */
export function rightsOfPreview(about: RightsOf): RightsUse {
  return {
    purpose: "preview",
    scopes: requiredScopes("preview", about),
    permissions: requiredPermissions("preview", about),
  };
}
