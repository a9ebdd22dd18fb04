/**
 * The roles in a repository, with the names of GitHub's pages.
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
export type Role = "read" | "triage" | "write" | "maintain" | "admin";

const rank: Record<Role | "none", number> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

/** Whether one role includes the other. */
export function isAtLeast(role: Role | "none", asked: Role): boolean {
  return rank[role] >= rank[asked];
}

export function highestRole(roles: readonly (Role | "none")[]): Role | "none" {
  return roles.reduce((best, role) => (rank[role] > rank[best] ? role : best), "none");
}

/** REST's names of the roles. */
export const permissionNames = ["pull", "triage", "push", "maintain", "admin"] as const;
export type PermissionName = (typeof permissionNames)[number];

const roles: Readonly<Record<PermissionName, Role>> = {
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};

export function roleOf(permission: PermissionName): Role {
  return roles[permission];
}

export function permissionOf(role: Role): PermissionName {
  return permissionNames.find((name) => roles[name] === role) ?? "pull";
}

/** The permissions of a role, as in answers. */
export function permissionFlags(role: Role | "none") {
  return {
    admin: isAtLeast(role, "admin"),
    maintain: isAtLeast(role, "maintain"),
    push: isAtLeast(role, "write"),
    triage: isAtLeast(role, "triage"),
    pull: isAtLeast(role, "read"),
  };
}
