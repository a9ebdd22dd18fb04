import { Hono, type Context } from "hono";
import {
  deletePackage,
  deleteVersion,
  restorePackage,
  restoreVersion,
} from "../store/delete-package.ts";
import { hasRole } from "../access/package-access.ts";
import { packageEvent } from "../store/registry-events.ts";
import { packageJson, versionJson, type PackageUrls } from "./package-json.ts";
import {
  assertScopes,
  PackagesApiError,
  readAccount,
  readCredential,
  readPackage,
} from "./packages-request.ts";
import type { Account, Credential, RegistryHost } from "../store/registry-host.ts";
import type { RegistryContext } from "../distribution/registry-context.ts";
import type { Package, PackageVersion, RegistryStore } from "../store/registry-store.ts";

const READ = ["read:packages"] as const;
const DELETE = ["read:packages", "delete:packages"] as const;
const RESTORE = ["read:packages", "write:packages"] as const;

/** https://docs.github.com/rest/packages/packages#list-packages-for-an-organization */
const PACKAGE_TYPES = ["npm", "maven", "rubygems", "docker", "nuget", "container"];

/** "You cannot delete a public package if any version of the package has more than 5,000 downloads" */
const DELETABLE_DOWNLOADS = 5000;

/**
 * GitHub's REST endpoints for packages (https://docs.github.com/rest/packages/packages), for
 * organizations, users and the token's own account. They read, delete and restore. None of them
 * changes a package's visibility, link or permissions, so any other request is a 404.
 */
export function createPackagesApi(
  context: Pick<RegistryContext, "host" | "store" | "audit">,
  urls: PackageUrls,
): Hono {
  const { host, store } = context;
  const app = new Hono();
  app.onError((error) => {
    if (error instanceof PackagesApiError) return error.toResponse();
    throw error;
  });
  for (const space of ["/orgs/:account", "/users/:account", "/user"]) {
    addReads(app, `${space}/packages`, host, store, urls);
    addWrites(app, `${space}/packages`, context);
    app.all(`${space}/packages/*`, () => new PackagesApiError(404, "Not Found").toResponse());
  }
  return app;
}

function addReads(
  app: Hono,
  path: string,
  host: RegistryHost,
  store: RegistryStore,
  urls: PackageUrls,
): void {
  app.get(path, (c) => {
    const credential = readCredential(c, host);
    assertScopes(credential, READ, "list packages");
    const account = readAccount(c, credential, host);
    const packages = listPackages(c, account, credential, host, store);
    return c.json(
      paginate(c, packages).map((subject) => packageJson(subject, account, credential, host, urls)),
    );
  });
  app.get(`${path}/:type/:name`, (c) => {
    const { subject, account, credential } = open(c, host, store, READ, "get a package");
    return c.json(packageJson(subject, account, credential, host, urls));
  });
  app.get(`${path}/:type/:name/versions`, (c) => {
    const { subject, account } = open(c, host, store, READ, "get a package's versions");
    const deleted = c.req.query("state") === "deleted";
    const versions = subject.versions
      .filter((version) => (version.deletedAt !== undefined) === deleted)
      .toReversed();
    return c.json(
      paginate(c, versions).map((version) => versionJson(subject, version, account, urls)),
    );
  });
  app.get(`${path}/:type/:name/versions/:id`, (c) => {
    const { subject, account } = open(c, host, store, READ, "get a package version");
    return c.json(versionJson(subject, readVersion(c, subject, "active"), account, urls));
  });
}

function addWrites(
  app: Hono,
  path: string,
  { host, store, audit }: Pick<RegistryContext, "host" | "store" | "audit">,
): void {
  app.delete(`${path}/:type/:name`, (c) => {
    const { subject, credential } = open(c, host, store, DELETE, "delete a package");
    assertDeletable(subject, subject.versions);
    deletePackage(subject, host.now());
    audit(packageEvent(c, "package_deleted", credential, subject));
    return c.body(null, 204);
  });
  app.post(`${path}/:type/:name/restore`, (c) => {
    const { subject, credential } = open(c, host, store, RESTORE, "restore a package", "deleted");
    if (restorePackage(store, subject.owner, subject.name, host.now()) === undefined) {
      throw new PackagesApiError(404, "Package not found.");
    }
    audit(packageEvent(c, "package_restored", credential, subject));
    return c.body(null, 204);
  });
  app.delete(`${path}/:type/:name/versions/:id`, (c) => {
    const { subject, credential } = open(c, host, store, DELETE, "delete a package version");
    const version = readVersion(c, subject, "active");
    assertDeletable(subject, [version]);
    if (subject.versions.filter((other) => other.deletedAt === undefined).length === 1) {
      throw new PackagesApiError(
        400,
        "You cannot delete the last version of a package. You must delete the package instead.",
      );
    }
    deleteVersion(subject, version, host.now());
    audit(packageEvent(c, "package_version_deleted", credential, subject, version));
    return c.body(null, 204);
  });
  app.post(`${path}/:type/:name/versions/:id/restore`, (c) => {
    const { subject, credential } = open(c, host, store, RESTORE, "restore a package version");
    const version = readVersion(c, subject, "deleted");
    if (!restoreVersion(subject, version, host.now())) {
      throw new PackagesApiError(404, "Package not found.");
    }
    audit(packageEvent(c, "package_version_restored", credential, subject, version));
    return c.body(null, 204);
  });
}

/** The package of the path; reads need read access, everything else admin access. */
function open(
  c: Context,
  host: RegistryHost,
  store: RegistryStore,
  scopes: typeof READ | typeof DELETE | typeof RESTORE,
  purpose: string,
  state: "active" | "deleted" = "active",
) {
  const credential = readCredential(c, host);
  assertScopes(credential, scopes, purpose);
  const account = readAccount(c, credential, host);
  const role = scopes === READ ? "read" : "admin";
  const subject = readPackage(c, account, credential, role, host, store, state);
  return { credential, account, subject };
}

function readVersion(c: Context, subject: Package, state: "active" | "deleted"): PackageVersion {
  const version = subject.versions.find(
    ({ id, deletedAt }) =>
      String(id) === c.req.param("id") && (deletedAt === undefined) === (state === "active"),
  );
  if (version === undefined) throw new PackagesApiError(404, "Package not found.");
  return version;
}

function listPackages(
  c: Context,
  account: Account,
  credential: Credential,
  host: RegistryHost,
  store: RegistryStore,
): Package[] {
  const { package_type: type = "", visibility } = c.req.query();
  if (!PACKAGE_TYPES.includes(type)) throw new PackagesApiError(400, "Invalid argument.");
  if (type !== "container") return [];
  return store.packages
    .filter((subject) => subject.owner.toLowerCase() === account.login.toLowerCase())
    .filter((subject) => subject.deletedAt === undefined)
    .filter((subject) => visibility === undefined || subject.visibility === visibility)
    .filter((subject) => hasRole(credential, subject, "read", host));
}

/** https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function paginate<T>(c: Context, items: T[]): T[] {
  const size = Math.min(Math.max(Number(c.req.query("per_page") ?? 30) || 30, 1), 100);
  const page = Math.max(Number(c.req.query("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (rel: string, number: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(number));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link("prev", page - 1), link("first", 1)] : []),
    ...(page < last ? [link("next", page + 1), link("last", last)] : []),
  ];
  if (links.length > 0) c.header("link", links.join(", "));
  return items.slice((page - 1) * size, page * size);
}

function assertDeletable(subject: Package, versions: PackageVersion[]): void {
  const popular = versions.some((version) => version.downloads > DELETABLE_DOWNLOADS);
  if (subject.visibility === "public" && popular) {
    throw new PackagesApiError(
      400,
      "Publicly visible package versions with more than 5000 downloads cannot be deleted. Contact GitHub support for further assistance.",
    );
  }
}
