import { literalText } from "./literal-text.ts";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { isMapping, isString } from "./github-language.ts";

export type PermissionLevel = "none" | "read" | "write";

/** What a job token may do, by scope; a scope that is missing is `none`. */
export type Permissions = Readonly<Record<string, PermissionLevel>>;

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
const SCOPES = [
  "actions",
  "artifact-metadata",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
];

/** Scopes with only one level other than `none`. */
const READ_ONLY = new Set(["models"]);
const WRITE_ONLY = new Set(["id-token"]);
const RANK: Record<PermissionLevel, number> = { none: 0, read: 1, write: 2 };

/** What a job token may do if neither the workflow nor the job sets permissions. */
export function defaultPermissions(setting: "read" | "write"): Permissions {
  // https://docs.github.com/en/actions/reference/authentication#permissions-for-the-github_token
  if (setting === "read") return { contents: "read", metadata: "read", packages: "read" };
  return { ...readPermissions("write-all"), "id-token": "none" };
}

/**
 * Permissions of one job: its own `permissions`, else the workflow's, else the default; never more
 * than `limit`, which is what the calling job of a reusable workflow has.
 */
export function resolvePermissions(
  places: readonly (TemplateToken | undefined)[],
  fallback: Permissions,
  limit?: Permissions,
): Permissions {
  const asked = places.find((place) => place !== undefined);
  const granted = asked === undefined ? (limit ?? fallback) : permissionsOf(asked);
  if (limit === undefined) return granted;
  return Object.fromEntries(
    Object.entries(granted).map(([scope, level]) => {
      const most = limit[scope] ?? "none";
      return [scope, RANK[level] > RANK[most] ? most : level];
    }),
  );
}

/** The first scope in which `asked` exceeds `limit`. */
export function permissionBeyond(
  asked: TemplateToken | undefined,
  limit: Permissions,
): { scope: string; asked: PermissionLevel; allowed: PermissionLevel } | undefined {
  if (asked === undefined) return undefined;
  for (const [scope, level] of Object.entries(permissionsOf(asked))) {
    const allowed = limit[scope] ?? "none";
    if (RANK[level] > RANK[allowed]) return { scope, asked: level, allowed };
  }
  return undefined;
}

/** A pull request from a fork may only read. */
export function readOnly(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).map(([scope, level]) => [
      scope,
      level === "write" && !WRITE_ONLY.has(scope) ? "read" : WRITE_ONLY.has(scope) ? "none" : level,
    ]),
  );
}

function permissionsOf(token: TemplateToken): Permissions {
  if (isString(token)) return readPermissions(token.value);
  if (!isMapping(token)) return { metadata: "read" };
  const asked = Array.from(token, ({ key, value }) => [
    literalText(key) ?? "",
    (literalText(value) ?? "none") as PermissionLevel,
  ]);
  return { metadata: "read", ...Object.fromEntries(asked) } as Permissions;
}

function readPermissions(all: string): Permissions {
  const level = (scope: string): PermissionLevel => {
    if (all === "write-all") return READ_ONLY.has(scope) ? "read" : "write";
    return WRITE_ONLY.has(scope) ? "none" : "read";
  };
  return { metadata: "read", ...Object.fromEntries(SCOPES.map((scope) => [scope, level(scope)])) };
}
