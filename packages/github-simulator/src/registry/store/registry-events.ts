import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import type { Session } from "../../world/session.ts";
import type {
  CredentialKind,
  Package,
  PackageVersion,
  RepositoryReference,
} from "./registry-store.ts";

/**
 * Logs a change of a package in the organisation's audit log.
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#packages
 */
export function auditPackage(
  session: Session,
  action: "published" | "deleted" | "restored",
  { owner, name, repository }: Package,
  version?: PackageVersion,
): void {
  const linked = repository && session.world.state.repositories.get(repository.id);
  const what = version === undefined ? "package" : "package_version";
  recordAudit(session, `packages.${what}_${action}`, {
    org: owner,
    ...(linked && auditedRepository(linked)),
    package: name,
    ecosystem: "container",
    ...(version !== undefined && { version: version.digest }),
  });
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
  credentialKind: CredentialKind;
  repository: RepositoryReference | undefined;
  at: string;
}
