import { z } from "zod";
import { openOrganisation, openRepository } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { auditedHolder, recordAudit } from "../../world/audit-log.ts";
import { workflowPermissionsOf } from "../../world/repositories/workflow-permissions.ts";
import type { ActionsSettings, Repository } from "../../world/state/repository.ts";
import type { Organisation } from "../../world/state/accounts.ts";

/** https://docs.github.com/en/rest/actions/permissions */
export const actionsPermissionRoutes = createRoutes()
  .get("/repos/:owner/:repo/actions/permissions", (c) => {
    const { actions } = openRepository(c, "administration", "read");
    if (!actions.enabled) return c.json({ enabled: false });
    return c.json({
      enabled: true,
      ...actionsShape(actions, `${c.var.api}${c.req.path}/selected-actions`),
    });
  })
  .put("/repos/:owner/:repo/actions/permissions", async (c) => {
    const repository = openRepository(c, "administration", "write");
    const given = await readBody(c, repositoryActions, "Actions");
    repository.actions.enabled = given.enabled;
    changeAllowed(repository.actions, given);
    auditSettings(c, repository, "update_actions_settings");
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/actions/permissions/access", (c) => {
    const repository = openRepository(c, "administration", "read");
    assertShareable(repository.visibility);
    return c.json({ access_level: repository.actions.accessLevel });
  })
  .put("/repos/:owner/:repo/actions/permissions/access", async (c) => {
    const repository = openRepository(c, "administration", "write");
    assertShareable(repository.visibility);
    const { access_level } = await readBody(c, access, "Actions");
    repository.actions.accessLevel = access_level;
    auditSettings(c, repository, "update_actions_access_settings");
    return c.body(null, 204);
  })
  .get("/orgs/:org/actions/permissions", (c) => {
    const { actions } = openOrganisation(c, "organization_administration", "read");
    const self = `${c.var.api}${c.req.path}`;
    return c.json({
      enabled_repositories: actions.enabledRepositories,
      ...(actions.enabledRepositories === "selected" && {
        selected_repositories_url: `${self}/repositories`,
      }),
      ...actionsShape(actions, `${self}/selected-actions`),
    });
  })
  .put("/orgs/:org/actions/permissions", async (c) => {
    const organisation = openOrganisation(c, "organization_administration", "write");
    const given = await readBody(c, organisationActions, "Actions");
    organisation.actions.enabledRepositories = given.enabled_repositories;
    changeAllowed(organisation.actions, given);
    auditSettings(c, organisation, "update_actions_settings");
    return c.body(null, 204);
  });

const allowed = {
  allowed_actions: z.enum(["all", "local_only", "selected"]).optional(),
  sha_pinning_required: z.boolean().optional(),
};
const repositoryActions = z.object({ enabled: z.boolean(), ...allowed });
const organisationActions = z.object({
  enabled_repositories: z.enum(["all", "none", "selected"]),
  ...allowed,
});
const access = z.object({ access_level: z.enum(["none", "user", "organization", "enterprise"]) });
const selectedActions = z.object({
  github_owned_allowed: z.boolean().optional(),
  verified_allowed: z.boolean().optional(),
  patterns_allowed: z.array(z.string()).optional(),
});
const workflowPermissions = z.object({
  default_workflow_permissions: z.enum(["read", "write"]).optional(),
  can_approve_pull_request_reviews: z.boolean().optional(),
});

for (const [path, open] of [
  [
    "/repos/:owner/:repo/actions/permissions",
    (c: ApiContext, level: "read" | "write") => openRepository(c, "administration", level),
  ],
  [
    "/orgs/:org/actions/permissions",
    (c: ApiContext, level: "read" | "write") =>
      openOrganisation(c, "organization_administration", level),
  ],
] as const) {
  actionsPermissionRoutes
    .get(`${path}/selected-actions`, (c) => {
      const { actions } = open(c, "read");
      assertSelected(actions);
      return c.json(selectedShape(actions));
    })
    .put(`${path}/selected-actions`, async (c) => {
      const target = open(c, "write");
      const { actions } = target;
      assertSelected(actions);
      const given = await readBody(c, selectedActions, "Actions");
      const now = actions.selectedActions;
      actions.selectedActions = {
        githubOwnedAllowed: given.github_owned_allowed ?? now.githubOwnedAllowed,
        verifiedAllowed: given.verified_allowed ?? now.verifiedAllowed,
        patternsAllowed: given.patterns_allowed ?? now.patternsAllowed,
      };
      auditSettings(c, target, "update_actions_settings");
      return c.body(null, 204);
    })
    .get(`${path}/workflow`, (c) => {
      const target = open(c, "read");
      const found =
        "objects" in target ? workflowPermissionsOf(c.var.world, target) : target.actions;
      return c.json({
        default_workflow_permissions: found.defaultWorkflowPermissions,
        can_approve_pull_request_reviews: found.canApprovePullRequestReviews,
      });
    })
    .put(`${path}/workflow`, async (c) => {
      const target = open(c, "write");
      const given = await readBody(c, workflowPermissions, "Actions");
      if ("objects" in target) assertOrganisationAllows(c, target.owner, given);
      const { actions } = target;
      if (given.default_workflow_permissions !== undefined) {
        actions.defaultWorkflowPermissions = given.default_workflow_permissions;
        auditSettings(c, target, "set_default_workflow_permissions");
      }
      if (given.can_approve_pull_request_reviews !== undefined) {
        actions.canApprovePullRequestReviews = given.can_approve_pull_request_reviews;
        auditSettings(c, target, "set_workflow_permission_can_approve_pr");
      }
      return c.body(null, 204);
    });
}

/** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization */
function auditSettings(c: ApiContext, holder: Organisation | Repository, event: string): void {
  const { prefix, fields } = auditedHolder(holder);
  recordAudit(c.var, `${prefix}.${event}`, fields);
}

function actionsShape(actions: ActionsSettings, selectedActionsUrl: string) {
  return {
    allowed_actions: actions.allowedActions,
    ...(actions.allowedActions === "selected" && { selected_actions_url: selectedActionsUrl }),
    sha_pinning_required: actions.shaPinningRequired,
  };
}

function changeAllowed(
  actions: ActionsSettings,
  given: {
    allowed_actions?: ActionsSettings["allowedActions"] | undefined;
    sha_pinning_required?: boolean | undefined;
  },
): void {
  actions.allowedActions = given.allowed_actions ?? actions.allowedActions;
  actions.shaPinningRequired = given.sha_pinning_required ?? actions.shaPinningRequired;
}

function selectedShape({ selectedActions: now }: ActionsSettings) {
  return {
    github_owned_allowed: now.githubOwnedAllowed,
    verified_allowed: now.verifiedAllowed,
    patterns_allowed: now.patternsAllowed,
  };
}

function assertSelected({ allowedActions }: ActionsSettings): void {
  if (allowedActions !== "selected") {
    throw new ApiError(409, "Conflict: allowed_actions must be 'selected'");
  }
}

function assertShareable(visibility: string): void {
  if (visibility === "public") {
    throw new ApiError(422, "Access policy only applies to internal and private repositories.");
  }
}

/** A repository must not be less strict than its organisation. */
function assertOrganisationAllows(
  c: ApiContext,
  owner: string,
  given: z.output<typeof workflowPermissions>,
): void {
  const organisation = c.var.world.findOrganisation(owner)?.actions;
  if (organisation === undefined) return;
  const laxer =
    (given.default_workflow_permissions === "write" &&
      organisation.defaultWorkflowPermissions === "read") ||
    (given.can_approve_pull_request_reviews === true && !organisation.canApprovePullRequestReviews);
  if (laxer) {
    throw new ApiError(409, "Conflict: this setting is restricted by the owning organization");
  }
}
