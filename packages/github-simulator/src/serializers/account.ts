import type { View } from "./view.ts";
import type { Organisation, User } from "../world/state/accounts.ts";
import { nodeId } from "./node-id.ts";

export const webUrl = "https://github.com";

/** GitHub's `simple-user`, also for organisations. */
export function simpleUser({ api }: View, account: User | Organisation): Record<string, unknown> {
  const self = `${api}/users/${encodeURIComponent(account.login)}`;
  const isOrganisation = account.kind === "organisation";
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(isOrganisation ? "Organization" : "User", account.id),
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    gravatar_id: "",
    url: self,
    html_url: isBot(account.login)
      ? `${webUrl}/apps/${account.login.replace("[bot]", "")}`
      : `${webUrl}/${account.login}`,
    followers_url: `${self}/followers`,
    following_url: `${self}/following{/other_user}`,
    gists_url: `${self}/gists{/gist_id}`,
    starred_url: `${self}/starred{/owner}{/repo}`,
    subscriptions_url: `${self}/subscriptions`,
    organizations_url: `${self}/orgs`,
    repos_url: `${self}/repos`,
    events_url: `${self}/events{/privacy}`,
    received_events_url: `${self}/received_events`,
    type: isOrganisation ? "Organization" : isBot(account.login) ? "Bot" : "User",
    site_admin: false,
    user_view_type: "public",
  };
}

/** The `simple-user` of a login; GitHub's `ghost` if the account was deleted. */
export function simpleUserByLogin(view: View, login: string) {
  const stranger = isBot(login)
    ? botAccount(login)
    : accountOf(10_137, "ghost", "Deleted user", "2008-05-13T05:16:48Z");
  return simpleUser(view, view.world.findAccount(login) ?? stranger);
}

/** An App acts as its own account, which is not a member of any organisation. */
function isBot(login: string): boolean {
  return login.endsWith("[bot]");
}

/** @param login such as `github-actions[bot]`, the account of the token that every job gets */
export function botAccount(login: string): User {
  return accountOf(41_898_282, login, login, "2018-07-30T09:30:16Z");
}

function accountOf(id: number, login: string, name: string, createdAt: string): User {
  const email = `${login}@users.noreply.github.com`;
  return { kind: "user", id, login, name, email, createdAt, keys: [] };
}

/** GitHub's `public-user`. */
export function publicUser(view: View, account: User | Organisation) {
  const repositories = view.world.repositoriesOf(account.login);
  return {
    ...simpleUser(view, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories.filter(({ visibility }) => visibility === "public").length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

/** GitHub's `organization-simple`. */
export function simpleOrganisation({ api }: View, { id, login }: Organisation) {
  const self = `${api}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId("Organization", id),
    url: self,
    repos_url: `${self}/repos`,
    events_url: `${self}/events`,
    hooks_url: `${self}/hooks`,
    issues_url: `${self}/issues`,
    members_url: `${self}/members{/member}`,
    public_members_url: `${self}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    description: null,
  };
}

/** GitHub's `organization-full`. */
export function fullOrganisation(
  view: View,
  organisation: Organisation,
  isOwner: boolean,
): Record<string, unknown> {
  const repositories = view.world.repositoriesOf(organisation.login);
  const publicCount = repositories.filter(({ visibility }) => visibility === "public").length;
  const { settings } = organisation;
  return {
    ...simpleOrganisation(view, organisation),
    description: settings.description,
    name: organisation.name,
    company: settings.company,
    blog: settings.blog || undefined,
    location: settings.location,
    email: organisation.email,
    twitter_username: settings.twitter_username,
    is_verified: false,
    has_organization_projects: settings.has_organization_projects,
    has_repository_projects: settings.has_repository_projects,
    public_repos: publicCount,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${webUrl}/${organisation.login}`,
    type: "Organization",
    created_at: organisation.createdAt,
    updated_at: organisation.createdAt,
    archived_at: null,
    ...(isOwner ? ownersView(organisation, repositories.length - publicCount) : {}),
  };
}

function ownersView(organisation: Organisation, privateCount: number) {
  const { settings } = organisation;
  return {
    ...settings,
    blog: settings.blog || undefined,
    total_private_repos: privateCount,
    owned_private_repos: privateCount,
    private_gists: 0,
    disk_usage: 0,
    collaborators: 0,
    billing_email: settings.billing_email ?? organisation.email,
    plan: {
      name: organisation.plan,
      space: 976_562_499,
      private_repos: 999_999,
      filled_seats: organisation.members.size,
      seats: organisation.members.size,
    },
    default_repository_permission: organisation.basePermission,
    two_factor_requirement_enabled: true,
    members_can_create_repositories:
      settings.members_can_create_public_repositories ||
      settings.members_can_create_private_repositories ||
      settings.members_can_create_internal_repositories,
    web_commit_signoff_required: false,
    advanced_security_enabled_for_new_repositories: false,
    secret_scanning_enabled_for_new_repositories: false,
    secret_scanning_push_protection_enabled_for_new_repositories: false,
  };
}
