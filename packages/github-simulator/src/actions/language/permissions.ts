import { literalText } from "./scalars.ts";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { isMapping, isString, permissionsMapping } from "./github-language.ts";

export type PermissionLevel = "none" | "read" | "write";

/** What a job token may do, by scope; a scope that is missing is `none`. */
export type Permissions = Readonly<Record<string, PermissionLevel>>;

/** The kinds of levels that each scope has: `permission-level-any`, or only one level other than `none`. */
const SCOPES = Object.entries(permissionsMapping.properties).map(([scope, { type }]) => ({
  scope,
  isReadOnly: type === "permission-level-read-or-no-access",
  isWriteOnly: type === "permission-level-write-or-no-access",
}));
const RANK: Record<PermissionLevel, number> = { none: 0, read: 1, write: 2 };

/** What a job token may do if neither the workflow nor the job sets permissions. */
export function defaultPermissions(setting: "read" | "write"): Permissions {
  // https://docs.github.com/en/actions/reference/authentication#permissions-for-the-github_token
  if (setting === "read") return { contents: "read", metadata: "read", packages: "read" };
  return { ...allScopes("write"), "id-token": "none" };
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
  return limit === undefined ? granted : within(granted, limit);
}

function within(granted: Permissions, limit: Permissions): Permissions {
  const levels = Object.entries(granted).map(([scope, level]) => {
    const most = limit[scope] ?? "none";
    return [scope, RANK[level] > RANK[most] ? most : level];
  });
  return Object.fromEntries(levels) as Permissions;
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
  return within(permissions, allScopes("read"));
}

function permissionsOf(token: TemplateToken): Permissions {
  if (isString(token)) return allScopes(token.value === "write-all" ? "write" : "read");
  if (!isMapping(token)) return { metadata: "read" };
  const asked = Array.from(token, ({ key, value }) => [
    literalText(key) ?? "",
    (literalText(value) ?? "none") as PermissionLevel,
  ]);
  return { metadata: "read", ...Object.fromEntries(asked) } as Permissions;
}

/** `read-all` and `write-all`. */
function allScopes(all: "read" | "write"): Permissions {
  const levels = SCOPES.map(({ scope, isReadOnly, isWriteOnly }) => {
    if (all === "write") return [scope, isReadOnly ? "read" : "write"];
    return [scope, isWriteOnly ? "none" : "read"];
  });
  return { metadata: "read", ...Object.fromEntries(levels) } as Permissions;
}
