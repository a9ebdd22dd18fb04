import type { Context } from "hono";
import type { Credential, RepositoryReference } from "./registry-host.ts";
import { clientOf } from "../../http/authenticate.ts";
import type { Client } from "../../world/actor.ts";
import type { Package, PackageVersion } from "./registry-store.ts";

/** An event for the organisation's audit log. */
export interface PackageEvent {
  /** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#packages */
  action:
    | "package_published"
    | "package_deleted"
    | "package_restored"
    | "package_version_published"
    | "package_version_deleted"
    | "package_version_restored";
  owner: string;
  /** Package name, without the owner. */
  name: string;
  /** Digest of the version, if the event is about one. */
  version: string | undefined;
  repository: RepositoryReference | undefined;
  credential: Credential;
  client: Client;
}

export function packageEvent(
  c: Context,
  action: PackageEvent["action"],
  credential: Credential,
  { owner, name, repository }: Package,
  version?: PackageVersion,
): PackageEvent {
  const client = clientOf(c);
  return { action, owner, name, version: version?.digest, repository, credential, client };
}

/** A version of a package has been published, or a tag has moved to it. */
export interface PublishEvent {
  owner: string;
  /** Package name, without the owner. */
  name: string;
  digest: string;
  /** All tags that now point to this version. */
  tags: string[];
  /** Whether this was the package's first version. */
  firstPublish: boolean;
  actor: string;
  credentialKind: Credential["kind"];
  repository: RepositoryReference | undefined;
  at: string;
}
