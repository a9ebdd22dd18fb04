import type { Context } from "hono";
import type { Manifest } from "./manifest.ts";
import { sourceOf } from "./manifest.ts";
import { readBlob } from "./blob-endpoints.ts";
import { packageEvent } from "../store/registry-events.ts";
import type { RegistryContext } from "./registry-context.ts";
import type {
  Credential,
  Repository,
  RepositoryReference,
  Visibility,
} from "../store/registry-host.ts";
import type { ImageName } from "./registry-route.ts";
import { isTag } from "./registry-route.ts";
import { findPackage, tagsOf, type Package, type PackageVersion } from "../store/registry-store.ts";

interface Publication {
  caller: Credential;
  image: ImageName;
  /** The tag or digest it is pushed to. */
  reference: string;
  digest: string;
  mediaType: string;
  manifest: Manifest;
}

/** Stores a pushed manifest: first creates the package, then the version, then the tag. */
export function publishManifest(
  c: Context,
  context: RegistryContext,
  publication: Publication,
): void {
  const { store, host } = context;
  const { caller, image, reference, digest } = publication;
  const at = host.now().toISOString();
  const existing = findPackage(store, image.owner, image.name);
  const subject = existing ?? createPackage(context, publication, at);
  linkBySource(context, subject, publication);
  const version = recordVersion(context, subject, publication, at);
  if (isTag(reference)) subject.tags.set(reference, digest);
  version.updatedAt = subject.updatedAt = at;
  store.log.push({
    action: "push",
    image: image.path,
    reference,
    digest,
    actor: caller.login,
    credentialKind: caller.kind,
    at,
  });
  context.announce({
    owner: subject.owner,
    name: subject.name,
    digest,
    tags: tagsOf(subject, digest),
    firstPublish: existing === undefined,
    actor: caller.login,
    credentialKind: caller.kind,
    repository: subject.repository,
    at,
  });
  if (!existing) context.audit(packageEvent(c, "package_published", caller, subject));
  context.audit(packageEvent(c, "package_version_published", caller, subject, version));
}

/**
 * "By default if a workflow creates a package using the GITHUB_TOKEN, then: the package inherits
 * the visibility and permissions model of the repository where the workflow is run. Repository
 * admins where the workflow is run become the admins of the package"
 * (https://docs.github.com/en/packages/managing-github-packages-using-github-actions-workflows/publishing-and-installing-a-package-with-github-actions).
 * "When you first publish a package …, the default visibility is private", also where a label
 * links it: it then inherits "the access permissions (but not the visibility)"
 * (https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility).
 */
function createPackage(context: RegistryContext, { caller, image }: Publication, at: string) {
  const { store, host } = context;
  const repository = caller.kind === "job" ? caller.repository : undefined;
  const subject: Package = {
    id: store.nextId++,
    owner: host.account(image.owner)?.login ?? image.owner,
    name: image.name,
    creator: caller.kind === "job" ? undefined : caller.login,
    visibility: visibilityOf(context, repository),
    repository: repository && referenceTo(repository),
    inheritsAccess: repository !== undefined,
    actionsAccess: [],
    versions: [],
    tags: new Map(),
    createdAt: at,
    updatedAt: at,
    deletedAt: undefined,
  };
  store.packages.push(subject);
  return subject;
}

function visibilityOf(
  { host }: RegistryContext,
  repository: RepositoryReference | undefined,
): Visibility {
  return (repository && host.repositoryById(repository.id)?.visibility) ?? "private";
}

/**
 * Links a package that is being published for the first time to the repository that its image
 * names. The first publication ends with the first tag: an index is pushed after its images, and
 * any of them may have the label.
 */
function linkBySource(context: RegistryContext, subject: Package, publication: Publication): void {
  if (subject.repository !== undefined || subject.tags.size > 0) return;
  const repository = sourceRepository(context, publication);
  if (repository === undefined) return;
  subject.repository = referenceTo(repository);
  subject.inheritsAccess = true;
}

/**
 * The repository of `org.opencontainers.image.source`, where the publisher can see it. GitHub's
 * docs do not say whether a package can be linked across owners; here it cannot, or any label could
 * give a package to strangers.
 */
function sourceRepository(
  context: RegistryContext,
  { manifest, image, caller }: Publication,
): Repository | undefined {
  const config =
    manifest.kind === "image" ? readBlob(context, image, manifest.config.digest) : undefined;
  const address = sourceOf(manifest, config) ?? "";
  const root = `${context.webUrl()}/`;
  if (!address.startsWith(root)) return undefined;
  const source = /^([^/]+)\/([^/#?]+?)(?:\.git)?\/?$/.exec(address.slice(root.length));
  const [owner, name] = [source?.[1], source?.[2]];
  if (owner === undefined || name === undefined) return undefined;
  if (owner.toLowerCase() !== image.owner) return undefined;
  const repository = context.host.repository(owner, name);
  return repository && context.host.canAccess(caller, repository, "read") ? repository : undefined;
}

function recordVersion(
  { store }: RegistryContext,
  subject: Package,
  { digest, mediaType }: Publication,
  at: string,
): PackageVersion {
  const known = subject.versions.find(
    (version) => version.digest === digest && version.deletedAt === undefined,
  );
  if (known !== undefined) return known;
  const version: PackageVersion = {
    id: store.nextId++,
    digest,
    mediaType,
    createdAt: at,
    updatedAt: at,
    deletedAt: undefined,
    downloads: 0,
  };
  subject.versions.push(version);
  return version;
}

function referenceTo({ owner, name, id }: RepositoryReference): RepositoryReference {
  return { owner, name, id };
}
