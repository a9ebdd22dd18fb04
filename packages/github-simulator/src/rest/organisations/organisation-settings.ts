import { z } from "zod";
import { openOrganisation } from "../../http/access.ts";
import { createRoutes } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { fullOrganisation } from "../../serializers/account.ts";
import { recordAudit } from "../../world/audit-log.ts";
import type { OrganisationSettings } from "../../world/state/organisation-settings.ts";

/** https://docs.github.com/en/rest/orgs/orgs#update-an-organization */
export const organisationSettingRoutes = createRoutes().patch("/orgs/:org", async (c) => {
  const organisation = openOrganisation(c, "organization_administration", "write");
  const given = await readBody(c, organisationChange, "Organization");
  const { default_repository_permission, email, name, members_can_create_repositories } = given;
  organisation.name = name ?? organisation.name;
  organisation.email = email ?? organisation.email;
  if (
    default_repository_permission !== undefined &&
    default_repository_permission !== organisation.basePermission
  ) {
    recordAudit(c.var, "org.update_default_repository_permission", {
      org: organisation.login,
      permission: default_repository_permission,
      old_permission: organisation.basePermission,
    });
    organisation.basePermission = default_repository_permission;
  }
  const { settings } = organisation;
  if (members_can_create_repositories !== undefined) {
    settings.members_can_create_public_repositories = members_can_create_repositories;
    settings.members_can_create_private_repositories = members_can_create_repositories;
    settings.members_can_create_internal_repositories =
      members_can_create_repositories && organisation.plan === "enterprise";
  }
  for (const key of Object.keys(settings) as (keyof OrganisationSettings)[]) {
    if (given[key] !== undefined) Object.assign(settings, { [key]: given[key] });
  }
  return c.json(fullOrganisation(c.var, organisation, true));
});

const flag = z.boolean().optional();
const text = z.string().nullable().optional();

/** Settings whose effects are not simulated are absent, and so they are refused. */
const organisationChange = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  default_repository_permission: z.enum(["read", "write", "admin", "none"]).optional(),
  members_can_create_repositories: flag,
  description: text,
  company: z.string().optional(),
  blog: z.string().optional(),
  location: z.string().optional(),
  twitter_username: text,
  billing_email: text,
  has_organization_projects: flag,
  has_repository_projects: flag,
  members_can_create_public_repositories: flag,
  members_can_create_private_repositories: flag,
  members_can_create_internal_repositories: flag,
  members_can_create_pages: flag,
  members_can_create_public_pages: flag,
  members_can_create_private_pages: flag,
  members_can_fork_private_repositories: flag,
  dependabot_alerts_enabled_for_new_repositories: flag,
  dependabot_security_updates_enabled_for_new_repositories: flag,
  dependency_graph_enabled_for_new_repositories: flag,
});
