import type { Repository } from "../../world/state/repository.ts";
import { canAccess, repositoryOf } from "../access/package-access.ts";
import { auditPackage } from "../store/registry-events.ts";
import { clientOf } from "../../http/authenticate.ts";
import type { AuthenticatedActor } from "../../world/actor.ts";
import { timeOf } from "../registry-context.ts";
import type { ImageRequest } from "../registry-context.ts";
import type { Manifest } from "./manifest.ts";
import { sourceOf } from "./manifest.ts";
import { readBlob } from "./blob-endpoints.ts";
import { isTag } from "./registry-route.ts";
import {
  findPackage,
  tagsOf,
  type Package,
  type PackageVersion,
  credentialKinds,
  type RepositoryReference,
} from "../store/registry-store.ts";

interface Publication extends ImageRequest {
  caller: AuthenticatedActor;
  /** The tag or digest it is pushed to. */
  reference: string;
  digest: string;
  mediaType: string;
  manifest: Manifest;
}

/** Stores a pushed manifest: first creates the package, then the version, then the tag. */
export function publishManifest(publication: Publication): void {
  const { c, world, store, caller, image, reference, digest } = publication;
  const at = timeOf(publication);
  const existing = findPackage(store, image.owner, image.name);
  const subject = existing ?? createPackage(publication, at);
  linkBySource(subject, publication);
  const version = recordVersion(subject, publication, at);
  if (isTag(reference)) subject.tags.set(reference, digest);
  version.updatedAt = subject.updatedAt = at;
  const by = { digest, actor: caller.login, credentialKind: credentialKinds[caller.kind], at };
  store.log.push({ action: "push", image: image.path, reference, ...by });
  publication.announce({
    owner: subject.owner,
    name: subject.name,
    tags: tagsOf(subject, digest),
    firstPublish: existing === undefined,
    repository: subject.repository,
    ...by,
  });
  const session = { world, actor: { ...caller, client: clientOf(c) } };
  if (!existing) auditPackage(session, "published", subject);
  auditPackage(session, "published", subject, version);
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
function createPackage({ world, store, caller, image }: Publication, at: string): Package {
  const isJob = caller.kind === "job";
  const repository = isJob ? world.state.repositories.get(repositoryOf(caller)) : undefined;
  const subject: Package = {
    id: store.nextId++,
    owner: world.findAccount(image.owner)?.login ?? image.owner,
    name: image.name,
    creator: isJob ? undefined : caller.login,
    visibility: repository?.visibility ?? "private",
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

/**
 * Links a package that is being published for the first time to the repository that its image
 * names. The first publication ends with the first tag: an index is pushed after its images, and
 * any of them may have the label.
 */
function linkBySource(subject: Package, publication: Publication): void {
  if (subject.repository !== undefined || subject.tags.size > 0) return;
  const repository = sourceRepository(publication);
  if (repository === undefined) return;
  subject.repository = referenceTo(repository);
  subject.inheritsAccess = true;
}

/**
 * The repository of `org.opencontainers.image.source`, where the publisher can see it. GitHub's
 * docs do not say whether a package can be linked across owners; here it cannot, or any label could
 * give a package to strangers.
 */
function sourceRepository(publication: Publication): Repository | undefined {
  const { world, manifest, image, caller } = publication;
  const config =
    manifest.kind === "image" ? readBlob(publication, manifest.config.digest) : undefined;
  const address = sourceOf(manifest, config) ?? "";
  const root = `${publication.webUrl}/`;
  if (!address.startsWith(root)) return undefined;
  const source = /^([^/]+)\/([^/#?]+?)(?:\.git)?\/?$/.exec(address.slice(root.length));
  const [owner, name] = [source?.[1], source?.[2]];
  if (owner === undefined || name === undefined) return undefined;
  if (owner.toLowerCase() !== image.owner) return undefined;
  const repository = world.findRepository(owner, name);
  return repository && canAccess(world, caller, repository.id, "read") ? repository : undefined;
}

function recordVersion(
  subject: Package,
  { store, digest, mediaType }: Publication,
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
