import type { Session } from "../session.ts";
import type { Actor } from "../actor.ts";
import { highestRole, isAtLeast, type Role } from "../state/role.ts";
import type { Organisation } from "../state/accounts.ts";
import type { Repository } from "../state/repository.ts";
import { teamsOf } from "./teams.ts";
import type { World } from "../world.ts";

export type Level = "read" | "write" | "admin";

/** A person's role in a repository, whatever token they use. */
export function roleIn(
  world: World,
  login: string | undefined,
  repository: Repository,
): Role | "none" {
  const forAll = repository.visibility === "public" ? "read" : "none";
  return login === undefined
    ? forAll
    : highestRole([forAll, grantedRole(world, login, repository)]);
}

/**
 * The role that somebody was given in a repository, without the right of all to read a public one: "the
 * highest role" of the organisation's base permission, their own and those of their teams.
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
export function grantedRole(world: World, login: string, repository: Repository): Role | "none" {
  const membership = organisationRole(world, login, repository.owner);
  if (membership === "admin" || repository.owner.toLowerCase() === login.toLowerCase()) {
    return "admin";
  }
  const own = repository.collaborators.get(login.toLowerCase()) ?? "none";
  const organisation = world.findOrganisation(repository.owner);
  if (membership === undefined || organisation === undefined) return own;
  const byTeams = teamsOf(organisation, login).map(
    ({ repositories }) => repositories.get(repository.id) ?? "none",
  );
  return highestRole([own, organisation.basePermission, ...byTeams]);
}

export function hasRole(role: Role | "none", level: Level): boolean {
  return isAtLeast(role, level);
}

export function organisationRole(
  world: World,
  login: string | undefined,
  organisation: string,
): "admin" | "member" | undefined {
  if (login === undefined) return undefined;
  return world.findOrganisation(organisation)?.members.get(login.toLowerCase());
}

/**
 * What everybody may read of a public repository, whatever scopes, permissions or repositories their token has.
 * https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 */
const ofPublic: ReadonlySet<string> = new Set([
  "actions",
  "checks",
  "contents",
  "issues",
  "metadata",
  "pull_requests",
  "repository_custom_properties",
  "statuses",
]);

/** Whether the token gives this right on the repository, apart from its owner's own role. */
export function tokenReaches(
  actor: Actor,
  repository: Repository,
  permission: string,
  level: Level,
): boolean {
  const isPublic = repository.visibility === "public";
  if (isPublic && level === "read" && ofPublic.has(permission)) return true;
  switch (actor.kind) {
    case "anonymous":
      return false;
    case "classic":
      return actor.scopes.includes("repo") || (isPublic && actor.scopes.includes("public_repo"));
    case "fine-grained":
    case "app":
    case "job": {
      if (actor.repositories?.includes(repository.id) === false) return false;
      const granted = actor.permissions[permission];
      if (level !== "read") return granted === "write";
      return permission === "metadata" || granted !== undefined;
    }
  }
}

/** Whether the actor may read, write to or administrate the repository as a whole. */
export function can(session: Session, level: Level, repository: Repository): boolean {
  if (!hasRole(effectiveRole(session, repository), level)) return false;
  const permission = level === "admin" ? "administration" : "contents";
  return tokenReaches(session.actor, repository, permission, level);
}

/** A job's or an app's token does not depend on a person's role, only on its permissions. */
export function effectiveRole({ world, actor }: Session, repository: Repository): Role | "none" {
  if (actor.kind === "job" || actor.kind === "app") {
    const owned =
      actor.repositories === undefined
        ? repository.owner.toLowerCase() === actor.login.toLowerCase()
        : actor.repositories.includes(repository.id);
    if (owned) return "admin";
  }
  return roleIn(world, actor.login, repository);
}

/** Whether the actor may see the repository; otherwise the answer is 404. */
export function canSee(session: Session, repository: Repository): boolean {
  const { actor } = session;
  if (repository.visibility === "public") return true;
  if (!hasRole(effectiveRole(session, repository), "read")) return false;
  if (actor.kind === "anonymous") return false;
  if (actor.kind === "classic") return actor.scopes.includes("repo");
  return actor.repositories === undefined || actor.repositories.includes(repository.id);
}

export function canAdministrate({ world, actor }: Session, organisation: Organisation): boolean {
  if (actor.kind === "app") return actor.login.toLowerCase() === organisation.login.toLowerCase();
  return organisationRole(world, actor.login, organisation.login) === "admin";
}
