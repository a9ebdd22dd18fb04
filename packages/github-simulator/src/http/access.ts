import type { TokenKind } from "../world/state/state.ts";
import type { Actor } from "../world/actor.ts";
import {
  canAdministrate,
  canSee,
  effectiveRole,
  hasRole,
  organisationRole,
  tokenReaches,
  type Level,
} from "../world/accounts/permissions.ts";
import type { Organisation, User } from "../world/state/accounts.ts";
import type { Repository } from "../world/state/repository.ts";
import { isInside } from "../world/accounts/team-rights.ts";
import { ApiError, notFound, orNotFound } from "./api-error.ts";
import type { ApiContext } from "./env.ts";
import { readsOnly } from "./reads-only.ts";

/** A subject of the API: the fine-grained permission, the roles it needs, and its refusal. */
interface Area {
  permission: string;
  read: Level;
  write: Level;
  denied: () => ApiError;
}

const adminRights = () => new ApiError(403, "Must have admin rights to Repository.");
const needs = (permission: string) => () =>
  new ApiError(
    403,
    `You must have repository read permissions or have the ${permission} fine-grained permission.`,
  );

const area = (permission: string, read: Level, write: Level, denied: Area["denied"]): Area => ({
  permission,
  read,
  write,
  denied,
});

const areas = {
  metadata: area("metadata", "read", "admin", adminRights),
  contents: area("contents", "read", "write", notFound),
  pulls: area("pull_requests", "read", "write", notFound),
  // Everybody who can read may discuss: https://docs.github.com/en/rest/issues/comments
  issues: area("issues", "read", "read", notFound),
  labels: area("issues", "read", "write", notFound),
  pullComments: area("pull_requests", "read", "read", notFound),
  checks: area("checks", "read", "write", notFound),
  statuses: area("statuses", "read", "write", notFound),
  actions: area("actions", "read", "write", adminRights),
  secrets: area("secrets", "write", "write", needs("repository secrets")),
  dependabotSecrets: area("dependabot_secrets", "write", "write", needs("Dependabot secrets")),
  codespacesSecrets: area("codespaces_secrets", "write", "write", needs("Codespaces secrets")),
  variables: area("actions_variables", "write", "write", needs("repository variables")),
  customProperties: area("repository_custom_properties", "read", "admin", adminRights),
  environmentSecrets: area("environments", "write", "write", adminRights),
  // 404 for those who may not see them: https://docs.github.com/en/rest/deploy-keys/deploy-keys
  deployKeys: area("administration", "admin", "admin", notFound),
  // GitHub hides hooks from those who may not see them: https://docs.github.com/en/rest/repos/webhooks
  webhooks: area("repository_hooks", "admin", "admin", notFound),
  administration: area("administration", "admin", "admin", adminRights),
};

export type AreaName = keyof typeof areas;

/** The repository of the path, if the actor may use it in this way; throws GitHub's refusal. */
export function openRepository(
  c: ApiContext,
  areaName: AreaName,
  level: "read" | "write",
  options: { evenArchived?: boolean } = {},
): Repository {
  const { actor } = c.var;
  const repository = locateRepository(c);
  c.set("acceptedScopes", "repo");
  if (!canSee(c.var, repository)) throw notFound();
  const { permission, denied, [level]: role } = areas[areaName];
  if (!tokenReaches(actor, repository, permission, level)) {
    throw actor.kind === "classic" ? denied() : tokenRefusal(actor);
  }
  if (!hasRole(effectiveRole(c.var, repository), role)) {
    throw actor.kind === "anonymous" ? tokenRefusal(actor) : denied();
  }
  if (repository.disabled) throw new ApiError(403, "Repository access blocked");
  if (level === "write" && repository.archived && options.evenArchived !== true) {
    throw new ApiError(403, "Repository was archived so is read-only.");
  }
  return repository;
}

/** GitHub's refusal of a token without the permission, or of no token. */
export function tokenRefusal({ kind }: Actor): ApiError {
  return kind === "anonymous"
    ? new ApiError(401, "Requires authentication")
    : new ApiError(403, inaccessible(kind));
}

/** @param kind of a token that is not a classic one */
export function inaccessible(kind: TokenKind): string {
  const holder = kind === "fine-grained" ? "personal access token" : "integration";
  return `Resource not accessible by ${holder}`;
}

/** Redirects for a renamed repository like GitHub: 301, and 307 where the method must stay. */
function locateRepository(c: ApiContext): Repository {
  const { world, api } = c.var;
  const owner = c.req.param("owner") ?? "";
  const name = c.req.param("repo") ?? "";
  const repository = world.findRepository(owner, name);
  if (repository !== undefined) return repository;
  const moved = orNotFound(world.followRepository(owner, name));
  if (!canSee(c.var, moved)) throw notFound();
  const rest = c.req.path
    .split("/")
    .slice(4)
    .map((part) => `/${part}`)
    .join("");
  const query = new URL(c.req.url).search;
  throw new ApiError(readsOnly(c.req.method) ? 301 : 307, "Moved Permanently", {
    headers: { location: `${api}/repositories/${moved.id}${rest}${query}` },
  });
}

/** The person who holds the token, whatever it allows. */
export function callerOf(c: ApiContext): User {
  const { actor, world } = c.var;
  if (actor.kind === "classic" || actor.kind === "fine-grained") {
    return orNotFound(world.findUser(actor.login));
  }
  throw tokenRefusal(actor);
}

/** The person of the path. */
export function personOf(c: ApiContext): User {
  return orNotFound(c.var.world.findUser(c.req.param("username") ?? ""));
}

/** The organisation of the path, for anyone. */
export function locateOrganisation(c: ApiContext): Organisation {
  return orNotFound(c.var.world.findOrganisation(c.req.param("org") ?? ""));
}

/** The organisation of the path, if the actor is an administrator of it and the token allows it. */
export function openOrganisation(
  c: ApiContext,
  permission: OrganisationPermission,
  level: "read" | "write",
  scope = "admin:org",
): Organisation {
  const { world, actor } = c.var;
  const organisation = reachOrganisation(c, permission, level, scope);
  if (!canAdministrate(c.var, organisation)) {
    throw organisationRole(world, actor.login, organisation.login) === undefined
      ? notFound()
      : organisationRefusal(permission);
  }
  return organisation;
}

/**
 * The organisation of the path, if the actor belongs to it and has a token that may read, or change,
 * its members. What the actor may do in it is checked separately.
 */
export function openMembers(c: ApiContext, level: "read" | "write"): Organisation {
  const scope = level === "read" ? "read:org" : "admin:org";
  const organisation = reachOrganisation(c, "members", level, scope);
  if (!isInside(c.var, organisation)) throw adminRights();
  return organisation;
}

type OrganisationPermission =
  | "organization_secrets"
  | "organization_dependabot_secrets"
  | "organization_codespaces_secrets"
  | "organization_actions_variables"
  | "organization_custom_properties"
  | "organization_administration"
  | "organization_hooks"
  | "members";

/** The organisation of the path, if the token itself allows this; its holder does not matter. */
function reachOrganisation(
  c: ApiContext,
  permission: OrganisationPermission,
  level: "read" | "write",
  scope: string,
): Organisation {
  const { actor } = c.var;
  const organisation = locateOrganisation(c);
  c.set("acceptedScopes", scope);
  switch (actor.kind) {
    case "anonymous":
      throw tokenRefusal(actor);
    case "fine-grained":
    case "app":
    case "job": {
      const granted = actor.permissions[permission];
      if (granted === undefined || (level === "write" && granted !== "write")) {
        throw tokenRefusal(actor);
      }
      break;
    }
    case "classic":
      if (!actor.scopes.includes(scope)) throw organisationRefusal(permission);
  }
  return organisation;
}

function organisationRefusal(permission: OrganisationPermission): ApiError {
  // GitHub's wording, although no repository is requested: https://github.com/octokit/octokit.rb/issues/793
  if (permission === "members") return adminRights();
  if (permission === "organization_hooks") return notFound();
  const right = {
    organization_secrets: "actions secrets",
    organization_dependabot_secrets: "Dependabot secrets",
    organization_codespaces_secrets: "Codespaces secrets",
    organization_actions_variables: "actions variables",
    organization_custom_properties: undefined,
    organization_administration: undefined,
  }[permission];
  return right === undefined
    ? new ApiError(403, "Must have admin rights to Organization.")
    : new ApiError(403, `You must be an org admin or have the ${right} fine-grained permission.`);
}
