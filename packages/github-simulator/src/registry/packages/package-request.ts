import { ApiError } from "../../http/api-error.ts";
import { tokenRefusal } from "../../http/access.ts";
import type { ApiContext } from "../../http/env.ts";
import type { AuthenticatedActor } from "../../world/actor.ts";
import { coversPackages, hasPackageRole } from "../access/package-access.ts";
import {
  findDeletedPackage,
  findPackage,
  type Package,
  type PackageVersion,
  type RegistryStore,
} from "../store/registry-store.ts";

/** What a request does with packages: the scopes that it needs, and the words of a refusal. */
export interface Purpose {
  scopes: readonly ("read:packages" | "write:packages" | "delete:packages")[];
  /** As in "to list packages". */
  words: string;
}

/** An error answer of the packages API. */
export function packageError(
  status: 400 | 401 | 403 | 404,
  message = "Package not found.",
): ApiError {
  const documentation = "https://docs.github.com/rest/packages/packages";
  return new ApiError(status, message, { documentation });
}

/**
 * The holder of a token that covers packages. GitHub names the missing scope also for fine-grained tokens,
 * which cannot have it.
 */
export function readCaller(c: ApiContext, { scopes, words }: Purpose): AuthenticatedActor {
  const { actor } = c.var;
  if (actor.kind === "anonymous") throw packageError(401, "Requires authentication");
  if (actor.kind === "job" && jobCovers(actor, scopes)) return actor;
  if (actor.kind === "job" || actor.kind === "app") {
    throw packageError(403, tokenRefusal(actor).message);
  }
  const missing = scopes.some((scope) =>
    scope === "delete:packages"
      ? !actor.scopes.includes(scope)
      : !coversPackages(actor.scopes, scope === "read:packages" ? "read" : "write"),
  );
  if (!missing) return actor;
  const needed = `${scopes.join(" and ")} scope${scopes.length > 1 ? "s" : ""}`;
  throw packageError(403, `You need at least ${needed} to ${words}.`);
}

function jobCovers({ permissions }: AuthenticatedActor, scopes: Purpose["scopes"]): boolean {
  const writes = scopes.some((scope) => scope !== "read:packages");
  return permissions.packages === "write" || (!writes && permissions.packages === "read");
}

/** Login of the account of the path; 404 unless it is one of the right kind. */
export function readOwner(c: ApiContext, caller: AuthenticatedActor): string {
  const { world } = c.var;
  const [, kind] = c.req.path.split("/");
  const asked = kind === "user" ? caller.login : (c.req.param("account") ?? "");
  const account = kind === "orgs" ? world.findOrganisation(asked) : world.findAccount(asked);
  if (account === undefined) throw packageError(404, "Not Found");
  return account.login;
}

/** The package of the path; reads need read access, everything else admin access. */
export function openPackage(
  c: ApiContext,
  store: RegistryStore,
  purpose: Purpose,
  state: "active" | "deleted" = "active",
): { caller: AuthenticatedActor; subject: Package } {
  const { world } = c.var;
  const caller = readCaller(c, purpose);
  const owner = readOwner(c, caller);
  const find = state === "active" ? findPackage : findDeletedPackage;
  const isContainer = c.req.param("type") === "container";
  const subject = isContainer ? find(store, owner, c.req.param("name") ?? "") : undefined;
  if (subject === undefined || !hasPackageRole(world, caller, subject, "read")) {
    throw packageError(404);
  }
  const role = purpose.scopes.length === 1 ? "read" : "admin";
  if (hasPackageRole(world, caller, subject, role)) return { caller, subject };
  throw packageError(403, `You need ${role} access to the package.`);
}

export function readVersion(
  c: ApiContext,
  subject: Package,
  state: "active" | "deleted" = "active",
): PackageVersion {
  const version = subject.versions.find(
    ({ id, deletedAt }) =>
      String(id) === c.req.param("id") && (deletedAt === undefined) === (state === "active"),
  );
  if (version === undefined) throw packageError(404);
  return version;
}
