import type { TokenKind } from "../../world/state/state.ts";
import type { Level } from "../../world/accounts/permissions.ts";
import type { Repository } from "../../world/state/repository.ts";

/** All data of the registry. It contains no token and nothing derived from one. */
export interface RegistryStore {
  nextId: number;
  packages: Package[];
  /** Bytes by digest: one pool for all images, as in every content-addressed registry. */
  content: Map<string, Uint8Array>;
  /** Digests of the blobs that were pushed or mounted to an image, by `owner/image`. */
  blobs: Map<string, Set<string>>;
  uploads: Map<string, Upload>;
  log: LogEntry[];
}

export type Visibility = Repository["visibility"];

/** A repository's name and its id, which stays the same through renames. */
export type RepositoryReference = Pick<Repository, "owner" | "name" | "id">;

export interface Package {
  id: number;
  /** Login of the organization or person whose namespace it is in. */
  owner: string;
  /** Without the owner; may contain slashes (`tools/linter`). */
  name: string;
  /** Login of the person who published it first; `undefined` if a workflow did. */
  creator: string | undefined;
  visibility: Visibility;
  /** The linked repository. */
  repository: RepositoryReference | undefined;
  /** Whether the linked repository's permissions apply to the package. */
  inheritsAccess: boolean;
  /** "Manage Actions access": repositories whose jobs may use the package. */
  actionsAccess: { repository: RepositoryReference; role: Level }[];
  versions: PackageVersion[];
  /** The digest of the version that each tag points to. */
  tags: Map<string, string>;
  createdAt: string;
  updatedAt: string;
  deletedAt: string | undefined;
}

/** One manifest or index; GitHub counts every digest as a version. */
export interface PackageVersion {
  id: number;
  digest: string;
  mediaType: string;
  createdAt: string;
  updatedAt: string;
  deletedAt: string | undefined;
  downloads: number;
}

export interface Upload {
  /** `owner/image` for which the upload was started. */
  image: string;
  bytes: Uint8Array;
}

/** The kind of a token, as the log and events of the registry write it. */
export type CredentialKind = "classic-pat" | "fine-grained-pat" | "app" | "job";

export const credentialKinds: Readonly<Record<TokenKind, CredentialKind>> = {
  classic: "classic-pat",
  "fine-grained": "fine-grained-pat",
  app: "app",
  job: "job",
};

/** One pull or push of a manifest. `actor` is `undefined` for anonymous pulls. */
interface LogEntry {
  action: "pull" | "push";
  image: string;
  /** The requested tag or digest. */
  reference: string;
  digest: string;
  actor: string | undefined;
  credentialKind: CredentialKind | undefined;
  at: string;
}

export function createStore(): RegistryStore {
  return {
    nextId: 1,
    packages: [],
    content: new Map(),
    blobs: new Map(),
    uploads: new Map(),
    log: [],
  };
}

/** The package at `owner/image` (owner in any case) that has not been deleted. */
export function findPackage(store: RegistryStore, owner: string, name: string) {
  return store.packages.find(
    (candidate) => candidate.deletedAt === undefined && isNamed(candidate, owner, name),
  );
}

/** The most recently deleted package of that name. */
export function findDeletedPackage(store: RegistryStore, owner: string, name: string) {
  return store.packages.findLast(
    (candidate) => candidate.deletedAt !== undefined && isNamed(candidate, owner, name),
  );
}

function isNamed(candidate: Package, owner: string, name: string): boolean {
  return candidate.owner.toLowerCase() === owner.toLowerCase() && candidate.name === name;
}

/** The version that a tag or digest names, unless it has been deleted. */
export function findVersion(subject: Package, reference: string): PackageVersion | undefined {
  const digest = subject.tags.get(reference) ?? reference;
  return subject.versions.find(
    (version) => version.digest === digest && version.deletedAt === undefined,
  );
}

export function tagsOf(subject: Package, digest: string): string[] {
  return [...subject.tags].filter(([, target]) => target === digest).map(([tag]) => tag);
}
