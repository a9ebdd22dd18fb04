import type { Actor } from "./actor.ts";
import type { Organisation, Repository, Role } from "./state.ts";
import type { World } from "./world.ts";

export type Level = "read" | "write" | "admin";

const rank: Record<Role | "none", number> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

/** What a person may do in a repository, whatever token they use. */
export function roleIn(
  world: World,
  login: string | undefined,
  repository: Repository,
): Role | "none" {
  const roles: (Role | "none")[] = [repository.visibility === "public" ? "read" : "none"];
  if (login !== undefined) {
    roles.push(repository.collaborators.get(login.toLowerCase()) ?? "none");
    const membership = organisationRole(world, login, repository.owner);
    if (membership === "admin" || repository.owner.toLowerCase() === login.toLowerCase()) {
      roles.push("admin");
    } else if (membership === "member") {
      roles.push(world.findOrganisation(repository.owner)?.basePermission ?? "none");
    }
  }
  return roles.reduce((best, role) => (rank[role] > rank[best] ? role : best));
}

export function hasRole(role: Role | "none", level: Level): boolean {
  return rank[role] >= rank[level];
}

export function organisationRole(
  world: World,
  login: string | undefined,
  organisation: string,
): "admin" | "member" | undefined {
  if (login === undefined) return undefined;
  return world.findOrganisation(organisation)?.members.get(login.toLowerCase());
}

/** Whether the token reaches the repository with this right, apart from its owner's own role. */
export function tokenReaches(
  actor: Actor,
  repository: Repository,
  permission: string,
  level: Level,
): boolean {
  switch (actor.kind) {
    case "anonymous":
      return repository.visibility === "public" && level === "read";
    case "classic": {
      const isPublic = repository.visibility === "public";
      if (isPublic && level === "read") return true;
      return actor.scopes.includes("repo") || (isPublic && actor.scopes.includes("public_repo"));
    }
    case "fine-grained":
    case "app":
    case "job": {
      if (actor.repositories !== undefined && !actor.repositories.includes(repository.id)) {
        return repository.visibility === "public" && level === "read";
      }
      if (level === "read" && permission === "metadata") return true;
      const granted = actor.permissions[permission];
      return level === "read" ? granted !== undefined : granted === "write";
    }
  }
}

/** May the actor read, write to or administrate the repository as a whole? */
export function can(world: World, actor: Actor, level: Level, repository: Repository): boolean {
  if (!hasRole(effectiveRole(world, actor, repository), level)) return false;
  const permission = level === "admin" ? "administration" : "contents";
  return tokenReaches(actor, repository, permission, level);
}

/** A job's or an app's token is not bound to a person's role: its permissions say all. */
export function effectiveRole(world: World, actor: Actor, repository: Repository): Role | "none" {
  if (actor.kind === "job" || actor.kind === "app") {
    const owned =
      actor.repositories === undefined
        ? repository.owner.toLowerCase() === actor.login.toLowerCase()
        : actor.repositories.includes(repository.id);
    if (owned) return "admin";
  }
  return roleIn(world, actor.login, repository);
}

/** Whether the repository exists for this actor at all; what one may not see answers 404. */
export function canSee(world: World, actor: Actor, repository: Repository): boolean {
  if (repository.visibility === "public") return true;
  if (!hasRole(effectiveRole(world, actor, repository), "read")) return false;
  if (actor.kind === "anonymous") return false;
  if (actor.kind === "classic") return actor.scopes.includes("repo");
  return actor.repositories === undefined || actor.repositories.includes(repository.id);
}

export function canAdministrate(world: World, actor: Actor, organisation: Organisation): boolean {
  if (actor.kind === "app") return actor.login.toLowerCase() === organisation.login.toLowerCase();
  return organisationRole(world, actor.login, organisation.login) === "admin";
}
