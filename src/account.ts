/** An account that owns repositories and packages. */
export interface Account {
  /** Its login, as GitHub spells it. */
  readonly owner: string;
  readonly ownerKind: OwnerKind;
}

export type OwnerKind = "Organization" | "User";

/** Where a person links a package, changes its visibility and grants access to it. */
export function packageSettingsPage({
  owner,
  ownerKind,
  image,
}: Account & { readonly image: string }): string {
  const space = ownerKind === "User" ? "users" : "orgs";
  return `https://github.com/${space}/${owner}/packages/container/${encodeURIComponent(image)}/settings`;
}

/**
 * Where deleted packages are restored; for an organisation also, which packages members may create, and
 * whether new packages inherit access.
 *
 * @see https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package#restoring-packages
 */
export function packagesPage({ owner, ownerKind }: Account): string {
  return ownerKind === "User"
    ? "https://github.com/settings/packages"
    : settingsPage(owner, "packages");
}

/** Where an organisation invites members. */
export function peoplePage(organisation: string): string {
  return `https://github.com/orgs/${organisation}/people`;
}

/** Which permissions and actions an organisation allows to workflows of its repositories. */
export function actionsPage(organisation: string): string {
  return settingsPage(organisation, "actions");
}

/** Where an organisation switches on addresses in its audit log. */
export function auditLogPage(organisation: string): string {
  return settingsPage(organisation, "audit-log?tab=settings");
}

/** Where an organisation's own Apps and their keys are. */
export function appsPage(organisation: string): string {
  return settingsPage(organisation, "apps");
}

/** Where the installations of Apps are; each has its repositories and permissions below its number. */
export function installationsPage(organisation: string): string {
  return settingsPage(organisation, "installations");
}

function settingsPage(organisation: string, page: string): string {
  return `https://github.com/organizations/${organisation}/settings/${page}`;
}
