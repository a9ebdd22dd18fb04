import type { GitHubHost } from "./github-host.ts";

/** An account that owns repositories and packages. */
export interface Account extends Place {
  readonly ownerKind: OwnerKind;
}

/** An account of a host. */
export interface Place {
  readonly host: GitHubHost;
  /** Its login, as GitHub spells it. */
  readonly owner: string;
}

export type OwnerKind = "Organization" | "User";

/** Where a person links a package, changes its visibility and grants access to it. */
export function packageSettingsPage({
  host,
  owner,
  ownerKind,
  image,
}: Account & { readonly image: string }): string {
  const space = ownerKind === "User" ? "users" : "orgs";
  return `${host.web}/${space}/${owner}/packages/container/${encodeURIComponent(image)}/settings`;
}

/**
 * Where deleted packages are restored; for an organisation also, which packages members may create, and
 * whether new packages inherit access.
 *
 * @see https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package#restoring-packages
 */
export function packagesPage(account: Account): string {
  return account.ownerKind === "User"
    ? `${account.host.web}/settings/packages`
    : settingsPage(account, "packages");
}

/** Where an organisation invites members. */
export function peoplePage({ host, owner }: Place): string {
  return `${host.web}/orgs/${owner}/people`;
}

/** Which permissions and actions an organisation allows to workflows of its repositories. */
export function actionsPage(organisation: Place): string {
  return settingsPage(organisation, "actions");
}

/** Where an organisation switches on addresses in its audit log. */
export function auditLogPage(organisation: Place): string {
  return settingsPage(organisation, "audit-log?tab=settings");
}

/** An owner of which it may be unknown whether it is an organisation. */
type AppOwner = Place & { readonly ownerKind?: OwnerKind | undefined };

/**
 * Where an owner's own Apps and their keys are; of both kinds of account where the kind is unknown.
 *
 * @see https://docs.github.com/en/apps/maintaining-github-apps/modifying-a-github-app-registration
 */
export function appsPage(owner: AppOwner): string {
  return pageOfApps(owner, "apps");
}

/**
 * Where the installations of Apps are, or one of them with its repositories and permissions; of both kinds of account
 * where the kind is unknown.
 *
 * @see https://docs.github.com/en/apps/using-github-apps/reviewing-and-modifying-installed-github-apps
 */
export function installationsPage(owner: AppOwner, installationId?: string): string {
  return pageOfApps(owner, ["installations", installationId].filter(Boolean).join("/"));
}

function pageOfApps(owner: AppOwner, page: string): string {
  const ofUser = `${owner.host.web}/settings/${page}`;
  if (owner.ownerKind === "User") return ofUser;
  const ofOrganisation = settingsPage(owner, page);
  return owner.ownerKind === undefined
    ? `${ofOrganisation}, for a user account ${ofUser}`
    : ofOrganisation;
}

function settingsPage({ host, owner }: Place, page: string): string {
  return `${host.web}/organizations/${owner}/settings/${page}`;
}

/** Where a person sees and deletes the classic PATs of an account. */
export function tokensPage({ web }: GitHubHost): string {
  return `${web}/settings/tokens`;
}

/** The same for fine-grained PATs. */
export function fineGrainedTokensPage({ web }: GitHubHost): string {
  return `${web}/settings/personal-access-tokens`;
}

/** Where a person creates a classic PAT; the scopes that one for publishing has are selected already. */
export function newPatPage(host: GitHubHost): string {
  return `${tokensPage(host)}/new?scopes=write:packages`;
}
