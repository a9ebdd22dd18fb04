import type { Caller } from "./bearer.ts";
import {
  authenticationRequired,
  installationNotAllowed,
  notAuthenticated,
  permissionDenied,
  scopesMissing,
  type OciError,
} from "./oci-error.ts";
import type { Access, Account, Credential, RegistryHost } from "../store/registry-host.ts";
import type { Package } from "../store/registry-store.ts";

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;
type Role = keyof typeof RANK;

/** Why `caller` may not pull from `subject`, in GHCR's wording; `undefined` if it may. */
export function refusalToPull(
  caller: Caller,
  subject: Package,
  host: RegistryHost,
): OciError | undefined {
  if (subject.visibility === "public") return undefined;
  if (caller === undefined) return authenticationRequired();
  if (!acceptsPackages(caller, "read")) return scopesMissing();
  return hasRole(caller, subject, "read", host) ? undefined : permissionDenied("read_package");
}

/** Why `caller` may not push to `subject`, in GHCR's wording; `undefined` if it may. */
export function refusalToPush(
  caller: Caller,
  subject: Package,
  host: RegistryHost,
): OciError | undefined {
  if (caller === undefined) return notAuthenticated();
  if (!acceptsPackages(caller, "write")) return scopesMissing();
  if (lacksWritePermission(caller) && isOrganization(subject.owner, host)) {
    return installationNotAllowed("Write");
  }
  return hasRole(caller, subject, "write", host) ? undefined : permissionDenied("write_package");
}

/** Why `caller` may not create a package under `owner`; `undefined` if it may. */
export function refusalToCreate(
  caller: Caller,
  owner: string,
  host: RegistryHost,
): OciError | undefined {
  if (caller === undefined) return notAuthenticated();
  if (!acceptsPackages(caller, "write")) return scopesMissing();
  if (lacksWritePermission(caller) && isOrganization(owner, host)) {
    return installationNotAllowed("Create");
  }
  const account = host.account(owner);
  return account !== undefined && mayPublishUnder(caller, account, host)
    ? undefined
    : permissionDenied("create_package");
}

/**
 * Whether the caller's person, job or repository has this role on the package, whatever the scopes.
 * Owners and the creator administer it; a repository from which it inherits passes its roles on;
 * everything else is granted individually
 * (https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility).
 */
export function hasRole(
  caller: Credential,
  subject: Package,
  needed: Access,
  host: RegistryHost,
): boolean {
  const granted =
    caller.kind === "job"
      ? jobRole(caller, subject)
      : caller.kind === "app"
        ? "none"
        : personRole(caller, subject, host);
  const visible = subject.visibility === "public" ? "read" : "none";
  return Math.max(RANK[granted], RANK[visible]) >= RANK[needed];
}

function personRole(caller: Credential, subject: Package, host: RegistryHost): Role {
  const login = caller.login.toLowerCase();
  if (login === subject.owner.toLowerCase() || login === subject.creator?.toLowerCase()) {
    return "admin";
  }
  const membership = host.membership(caller.login, subject.owner);
  if (membership === "owner") return "admin";
  const inherited = inheritedRole(caller, subject, host);
  if (inherited !== "none") return inherited;
  return subject.visibility === "internal" && membership === "member" ? "read" : "none";
}

function inheritedRole(caller: Credential, subject: Package, host: RegistryHost): Role {
  if (!subject.inheritsAccess || subject.repository === undefined) return "none";
  const repository = host.repositoryById(subject.repository.id);
  if (repository === undefined) return "none";
  const roles = ["admin", "write", "read"] as const;
  return roles.find((access) => host.canAccess(caller, repository, access)) ?? "none";
}

/**
 * A job's rights: those of its repository, limited by `permissions` of the job.
 * Repositories that a package is published from get the admin role on it
 * (https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages).
 */
function jobRole(caller: Extract<Credential, { kind: "job" }>, subject: Package): Role {
  const inherits = subject.inheritsAccess && subject.repository?.id === caller.repository.id;
  const granted: Role = inherits
    ? "admin"
    : (subject.actionsAccess.find((entry) => entry.repository.id === caller.repository.id)?.role ??
      "none");
  switch (caller.permissions.packages) {
    case "none":
      return "none";
    case "read":
      return granted === "none" ? "none" : "read";
    case "write":
      return granted;
  }
}

/** A job without `packages: write`, or an App: GitHub's messages call both an installation. */
function lacksWritePermission(caller: Credential): boolean {
  return caller.kind === "job" ? caller.permissions.packages !== "write" : caller.kind === "app";
}

function isOrganization(login: string, host: RegistryHost): boolean {
  return host.account(login)?.type === "Organization";
}

/**
 * Packages accept classic personal access tokens with the scope, and `GITHUB_TOKEN`
 * (https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages#about-scopes-and-permissions-for-package-registries).
 */
function acceptsPackages(caller: Credential, needed: "read" | "write"): boolean {
  switch (caller.kind) {
    case "classic-pat":
      return coversPackages(caller.scopes, needed);
    case "fine-grained-pat":
      return false;
    case "job":
    case "app":
      return true;
  }
}

/** `write:packages` includes `read:packages`. */
export function coversPackages(scopes: readonly string[], needed: "read" | "write"): boolean {
  return (
    scopes.includes("write:packages") || (needed === "read" && scopes.includes("read:packages"))
  );
}

function mayPublishUnder(caller: Credential, account: Account, host: RegistryHost): boolean {
  switch (caller.kind) {
    case "job":
      return (
        caller.permissions.packages === "write" &&
        caller.repository.owner.toLowerCase() === account.login.toLowerCase()
      );
    case "classic-pat":
      return account.type === "User"
        ? caller.login.toLowerCase() === account.login.toLowerCase()
        : host.membership(caller.login, account.login) !== undefined;
    case "app":
    case "fine-grained-pat":
      return false;
  }
}
