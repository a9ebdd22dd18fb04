import { hasRole, organisationRole, roleIn, type Level } from "../../world/accounts/permissions.ts";
import type { AuthenticatedActor } from "../../world/actor.ts";
import type { World } from "../../world/world.ts";
import type { Package } from "../store/registry-store.ts";
import type { Caller } from "./bearer.ts";
import {
  authenticationRequired,
  installationNotAllowed,
  notAuthenticated,
  permissionDenied,
  scopesMissing,
  type OciError,
} from "./oci-error.ts";

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;
type Role = keyof typeof RANK;

/** Why `caller` may not pull from `subject`, in GHCR's wording; `undefined` if it may. */
export function refusalToPull(
  world: World,
  caller: Caller,
  subject: Package,
): OciError | undefined {
  if (subject.visibility === "public") return undefined;
  if (caller === undefined) return authenticationRequired();
  if (!acceptsPackages(caller, "read")) return scopesMissing();
  return hasPackageRole(world, caller, subject, "read")
    ? undefined
    : permissionDenied("read_package");
}

/** Why `caller` may not push to `subject`, in GHCR's wording; `undefined` if it may. */
export function refusalToPush(
  world: World,
  caller: Caller,
  subject: Package,
): OciError | undefined {
  if (caller === undefined) return notAuthenticated();
  if (!acceptsPackages(caller, "write")) return scopesMissing();
  if (lacksWritePermission(caller) && world.findOrganisation(subject.owner) !== undefined) {
    return installationNotAllowed("Write");
  }
  return hasPackageRole(world, caller, subject, "write")
    ? undefined
    : permissionDenied("write_package");
}

/** Why `caller` may not create a package under `owner`; `undefined` if it may. */
export function refusalToCreate(world: World, caller: Caller, owner: string): OciError | undefined {
  if (caller === undefined) return notAuthenticated();
  if (!acceptsPackages(caller, "write")) return scopesMissing();
  if (lacksWritePermission(caller) && world.findOrganisation(owner) !== undefined) {
    return installationNotAllowed("Create");
  }
  return mayPublishUnder(world, caller, owner) ? undefined : permissionDenied("create_package");
}

/**
 * Whether the caller's person, job or repository has this role on the package, whatever the scopes.
 * Owners and the creator administer it; a repository from which it inherits passes its roles on;
 * everything else is granted individually
 * (https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility).
 */
export function hasPackageRole(
  world: World,
  caller: AuthenticatedActor,
  subject: Package,
  needed: Level,
): boolean {
  const granted = {
    job: () => jobRole(caller, subject),
    app: (): Role => "none",
    classic: () => personRole(world, caller, subject),
    "fine-grained": () => personRole(world, caller, subject),
  }[caller.kind]();
  const visible = subject.visibility === "public" ? "read" : "none";
  return Math.max(RANK[granted], RANK[visible]) >= RANK[needed];
}

function personRole(world: World, caller: AuthenticatedActor, subject: Package): Role {
  const login = caller.login.toLowerCase();
  if (login === subject.owner.toLowerCase() || login === subject.creator?.toLowerCase()) {
    return "admin";
  }
  const membership = organisationRole(world, caller.login, subject.owner);
  if (membership === "admin") return "admin";
  const inherited = inheritedRole(world, caller, subject);
  if (inherited !== "none") return inherited;
  return subject.visibility === "internal" && membership === "member" ? "read" : "none";
}

function inheritedRole(world: World, caller: AuthenticatedActor, subject: Package): Role {
  const { repository } = subject;
  if (!subject.inheritsAccess || repository === undefined) return "none";
  const roles = ["admin", "write", "read"] as const;
  return roles.find((access) => canAccess(world, caller, repository.id, access)) ?? "none";
}

/** What the person, or the job, may do with a repository; the token's scopes do not matter. */
export function canAccess(
  world: World,
  caller: AuthenticatedActor,
  id: number,
  access: Level,
): boolean {
  const repository = world.state.repositories.get(id);
  if (repository === undefined) return false;
  if (caller.kind === "job") return repositoryOf(caller) === id;
  return hasRole(roleIn(world, caller.login, repository), access);
}

/** Id of the repository in which a job runs. */
export function repositoryOf({ repositories }: AuthenticatedActor): number {
  return repositories?.[0] ?? 0;
}

/**
 * A job's rights: those of its repository, limited by `permissions` of the job.
 * Repositories that a package is published from get the admin role on it
 * (https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages).
 */
function jobRole(caller: AuthenticatedActor, subject: Package): Role {
  const id = repositoryOf(caller);
  const access = subject.actionsAccess.find(({ repository }) => repository.id === id);
  const inherits = subject.inheritsAccess && subject.repository?.id === id;
  const granted = inherits ? "admin" : (access?.role ?? "none");
  const { packages } = caller.permissions;
  if (packages === undefined || granted === "none") return "none";
  return packages === "write" ? granted : "read";
}

/** A job without `packages: write`, or an App: GitHub's messages call both an installation. */
function lacksWritePermission({ kind, permissions }: AuthenticatedActor): boolean {
  return kind === "app" || (kind === "job" && permissions.packages !== "write");
}

/**
 * Packages accept classic personal access tokens with the scope, and `GITHUB_TOKEN`
 * (https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages#about-scopes-and-permissions-for-package-registries).
 */
function acceptsPackages({ kind, scopes }: AuthenticatedActor, needed: "read" | "write"): boolean {
  if (kind === "classic") return coversPackages(scopes, needed);
  return kind !== "fine-grained";
}

/** `write:packages` includes `read:packages`. */
export function coversPackages(scopes: readonly string[], needed: "read" | "write"): boolean {
  return (
    scopes.includes("write:packages") || (needed === "read" && scopes.includes("read:packages"))
  );
}

function mayPublishUnder(world: World, caller: AuthenticatedActor, owner: string): boolean {
  const isOwn = (login: string | undefined) => login?.toLowerCase() === owner.toLowerCase();
  if (caller.kind === "job") {
    const repository = world.state.repositories.get(repositoryOf(caller));
    return caller.permissions.packages === "write" && isOwn(repository?.owner);
  }
  if (caller.kind !== "classic") return false;
  return world.findOrganisation(owner) === undefined
    ? world.findUser(owner) !== undefined && isOwn(caller.login)
    : organisationRole(world, caller.login, owner) !== undefined;
}
