import {
  findDeletedPackage,
  findPackage,
  type Package,
  type PackageVersion,
  type RegistryStore,
} from "./registry-store.ts";

/** "You restore the package within 30 days of its deletion": https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package */
const RESTORABLE_MS = 30 * 24 * 60 * 60 * 1000;

export function deletePackage(subject: Package, now: Date): void {
  subject.deletedAt = now.toISOString();
}

/** The restored package, or `undefined` after 30 days or if its name is used again. */
export function restorePackage(
  store: RegistryStore,
  owner: string,
  name: string,
  now: Date,
): Package | undefined {
  const subject = findDeletedPackage(store, owner, name);
  if (subject === undefined || findPackage(store, owner, name) !== undefined) return undefined;
  return undelete(subject, now) ? subject : undefined;
}

/** A deleted version loses its tags permanently. */
export function deleteVersion(subject: Package, version: PackageVersion, now: Date): void {
  version.deletedAt = now.toISOString();
  for (const [tag, digest] of subject.tags) {
    if (digest === version.digest) subject.tags.delete(tag);
  }
}

/** `false` after 30 days, or if the same digest has been published again. */
export function restoreVersion(subject: Package, version: PackageVersion, now: Date): boolean {
  const replaced = subject.versions.some(
    (other) => other.digest === version.digest && other.deletedAt === undefined,
  );
  return !replaced && undelete(version, now);
}

function undelete(deleted: { deletedAt: string | undefined }, now: Date): boolean {
  if (deleted.deletedAt === undefined) return false;
  if (now.getTime() - Date.parse(deleted.deletedAt) > RESTORABLE_MS) return false;
  deleted.deletedAt = undefined;
  return true;
}
