import type { Context } from "hono";
import { coversPackages, hasRole } from "../access/package-access.ts";
import type { Access, Account, Credential, RegistryHost } from "../store/registry-host.ts";
import { findDeletedPackage, findPackage, type Package } from "../store/registry-store.ts";
import type { RegistryStore } from "../store/registry-store.ts";

/** An error answer of the packages REST API, in GitHub's form. */
export class PackagesApiError extends Error {
  override readonly name = "PackagesApiError";
  readonly status: 400 | 401 | 403 | 404;

  constructor(status: PackagesApiError["status"], message: string) {
    super(message);
    this.status = status;
  }

  toResponse(): Response {
    const documentation_url = "https://docs.github.com/rest/packages/packages";
    const body = { message: this.message, documentation_url, status: String(this.status) };
    return Response.json(body, { status: this.status });
  }
}

/** @throws PackagesApiError 401 without a valid token. */
export function readCredential(c: Context, host: RegistryHost): Credential {
  const authorization = c.req.header("authorization");
  if (authorization === undefined) throw new PackagesApiError(401, "Requires authentication");
  const [scheme = "", value = ""] = authorization.split(" ");
  const secret = /^basic$/i.test(scheme)
    ? Buffer.from(value, "base64")
        .toString()
        .replace(/^[^:]*:/, "")
    : value;
  const credential = host.authenticate(secret);
  if (credential?.live !== true) throw new PackagesApiError(401, "Bad credentials");
  return credential;
}

/**
 * @throws PackagesApiError 403 unless the token covers packages. GitHub names the missing scope
 * also for fine-grained tokens, which cannot have it.
 */
export function assertScopes(
  credential: Credential,
  scopes: readonly ("read:packages" | "write:packages" | "delete:packages")[],
  purpose: string,
): void {
  if (credential.kind === "app" || (credential.kind === "job" && !jobCovers(credential, scopes))) {
    throw new PackagesApiError(403, "Resource not accessible by integration");
  }
  if (credential.kind === "job") return;
  const missing = scopes.some((scope) =>
    scope === "delete:packages"
      ? !credential.scopes.includes(scope)
      : !coversPackages(credential.scopes, scope === "read:packages" ? "read" : "write"),
  );
  if (missing) {
    const needed = `${scopes.join(" and ")} scope${scopes.length > 1 ? "s" : ""}`;
    throw new PackagesApiError(403, `You need at least ${needed} to ${purpose}.`);
  }
}

function jobCovers(job: Extract<Credential, { kind: "job" }>, scopes: readonly string[]): boolean {
  const writes = scopes.some((scope) => scope !== "read:packages");
  return job.permissions.packages === "write" || (!writes && job.permissions.packages === "read");
}

/** @throws PackagesApiError 404 unless the path names an account of the right kind. */
export function readAccount(c: Context, credential: Credential, host: RegistryHost): Account {
  const [, kind] = c.req.path.split("/");
  const account = host.account(kind === "user" ? credential.login : (c.req.param("account") ?? ""));
  if (account === undefined) throw new PackagesApiError(404, "Not Found");
  if (kind === "orgs" && account.type !== "Organization") {
    throw new PackagesApiError(404, "Not Found");
  }
  return account;
}

/**
 * The package of the path, if the caller has this role on it.
 * @throws PackagesApiError 404 if the caller cannot read it, 403 if it can read but not do this.
 */
export function readPackage(
  c: Context,
  account: Account,
  credential: Credential,
  role: Access,
  host: RegistryHost,
  store: RegistryStore,
  state: "active" | "deleted" = "active",
): Package {
  const find = state === "active" ? findPackage : findDeletedPackage;
  const subject =
    c.req.param("type") === "container"
      ? find(store, account.login, c.req.param("name") ?? "")
      : undefined;
  if (subject === undefined || !hasRole(credential, subject, "read", host)) {
    throw new PackagesApiError(404, "Package not found.");
  }
  if (!hasRole(credential, subject, role, host)) {
    throw new PackagesApiError(403, `You need ${role} access to the package.`);
  }
  return subject;
}
