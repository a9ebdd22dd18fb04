/** github.com's defaults for a new organisation; the names are REST's, since PATCH copies them one to one. */
export function defaultOrganisationSettings(plan: string) {
  return {
    description: null as string | null,
    company: "",
    /** A web address, if there is one. */
    blog: undefined as string | undefined,
    location: "",
    twitter_username: null as string | null,
    billing_email: null as string | null,
    has_organization_projects: true,
    has_repository_projects: true,
    members_can_create_public_repositories: true,
    members_can_create_private_repositories: true,
    members_can_create_internal_repositories: plan === "enterprise",
    members_can_create_pages: true,
    members_can_create_public_pages: true,
    members_can_create_private_pages: true,
    members_can_fork_private_repositories: false,
    dependabot_alerts_enabled_for_new_repositories: false,
    dependabot_security_updates_enabled_for_new_repositories: false,
    dependency_graph_enabled_for_new_repositories: false,
  };
}

export type OrganisationSettings = ReturnType<typeof defaultOrganisationSettings>;

/** Whether members who are not owners may create a repository of this visibility. */
export function membersMayCreate(
  settings: OrganisationSettings,
  visibility: "public" | "private" | "internal",
): boolean {
  return settings[`members_can_create_${visibility}_repositories`];
}
