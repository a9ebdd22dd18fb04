import type { Hono } from "hono";
import { createRoutes, type ApiContext, type Env } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { hasPackageRole } from "../access/package-access.ts";
import {
  deletePackage,
  deleteVersion,
  restorePackage,
  restoreVersion,
} from "../store/delete-package.ts";
import { auditPackage } from "../store/registry-events.ts";
import type { Package, PackageVersion, RegistryStore } from "../store/registry-store.ts";
import { packageJson, versionJson } from "./package-json.ts";
import {
  openPackage,
  packageError,
  readCaller,
  readOwner,
  readVersion,
  type Purpose,
} from "./package-request.ts";

const toRead = (words: string): Purpose => ({ scopes: ["read:packages"], words });
const toDelete = (words: string): Purpose => ({
  scopes: ["read:packages", "delete:packages"],
  words,
});
const toRestore = (words: string): Purpose => ({
  scopes: ["read:packages", "write:packages"],
  words,
});

/** https://docs.github.com/rest/packages/packages#list-packages-for-an-organization */
const packageTypes = ["npm", "maven", "rubygems", "docker", "nuget", "container"];

/**
 * GitHub's REST endpoints for packages (https://docs.github.com/rest/packages/packages), for
 * organizations, users and the token's own account. They read, delete and restore. None of them
 * changes a package's visibility, link or permissions, so any other request is a 404.
 */
export function packageRoutes(store: RegistryStore): Hono<Env> {
  const routes = createRoutes();
  for (const space of ["/orgs/:account", "/users/:account", "/user"]) {
    addReads(routes, `${space}/packages`, store);
    addWrites(routes, `${space}/packages`, store);
    routes.all(`${space}/packages/*`, () => {
      throw packageError(404, "Not Found");
    });
  }
  return routes;
}

function addReads(routes: Hono<Env>, path: string, store: RegistryStore): void {
  routes
    .get(path, (c) => {
      const caller = readCaller(c, toRead("list packages"));
      const found = listPackages(c, store, readOwner(c, caller));
      const readable = found.filter((each) => hasPackageRole(c.var.world, caller, each, "read"));
      return c.json(paginate(c, readable).map((each) => packageJson(c.var, each, caller)));
    })
    .get(`${path}/:type/:name`, (c) => {
      const { subject, caller } = openPackage(c, store, toRead("get a package"));
      return c.json(packageJson(c.var, subject, caller));
    })
    .get(`${path}/:type/:name/versions`, (c) => {
      const { subject } = openPackage(c, store, toRead("get a package's versions"));
      const deleted = c.req.query("state") === "deleted";
      const versions = subject.versions
        .filter((version) => (version.deletedAt !== undefined) === deleted)
        .toReversed();
      return c.json(paginate(c, versions).map((version) => versionJson(c.var, subject, version)));
    })
    .get(`${path}/:type/:name/versions/:id`, (c) => {
      const { subject } = openPackage(c, store, toRead("get a package version"));
      return c.json(versionJson(c.var, subject, readVersion(c, subject)));
    });
}

function addWrites(routes: Hono<Env>, path: string, store: RegistryStore): void {
  const now = ({ var: { world } }: ApiContext) => new Date(world.clock.now());
  routes
    .delete(`${path}/:type/:name`, (c) => {
      const { subject } = openPackage(c, store, toDelete("delete a package"));
      assertDeletable(subject, subject.versions);
      deletePackage(subject, now(c));
      auditPackage(c.var, "deleted", subject);
      return c.body(null, 204);
    })
    .post(`${path}/:type/:name/restore`, (c) => {
      const { subject } = openPackage(c, store, toRestore("restore a package"), "deleted");
      if (restorePackage(store, subject.owner, subject.name, now(c)) === undefined) {
        throw packageError(404);
      }
      auditPackage(c.var, "restored", subject);
      return c.body(null, 204);
    })
    .delete(`${path}/:type/:name/versions/:id`, (c) => {
      const { subject } = openPackage(c, store, toDelete("delete a package version"));
      const version = readVersion(c, subject);
      assertDeletable(subject, [version]);
      if (subject.versions.filter((other) => other.deletedAt === undefined).length === 1) {
        throw packageError(
          400,
          "You cannot delete the last version of a package. You must delete the package instead.",
        );
      }
      deleteVersion(subject, version, now(c));
      auditPackage(c.var, "deleted", subject, version);
      return c.body(null, 204);
    })
    .post(`${path}/:type/:name/versions/:id/restore`, (c) => {
      const { subject } = openPackage(c, store, toRestore("restore a package version"));
      const version = readVersion(c, subject, "deleted");
      if (!restoreVersion(subject, version, now(c))) throw packageError(404);
      auditPackage(c.var, "restored", subject, version);
      return c.body(null, 204);
    });
}

function listPackages(c: ApiContext, { packages }: RegistryStore, owner: string): Package[] {
  const { package_type: type = "", visibility } = c.req.query();
  if (!packageTypes.includes(type)) throw packageError(400, "Invalid argument.");
  if (type !== "container") return [];
  return packages.filter(
    (subject) =>
      subject.owner.toLowerCase() === owner.toLowerCase() &&
      subject.deletedAt === undefined &&
      (visibility === undefined || subject.visibility === visibility),
  );
}

/** "You cannot delete a public package if any version of the package has more than 5,000 downloads" */
function assertDeletable({ visibility }: Package, versions: readonly PackageVersion[]): void {
  if (visibility !== "public" || versions.every(({ downloads }) => downloads <= 5000)) return;
  throw packageError(
    400,
    "Publicly visible package versions with more than 5000 downloads cannot be deleted. Contact GitHub support for further assistance.",
  );
}
