import type { Hono } from "hono";
import { createRoutes, type Env } from "../http/env.ts";
import type { Budget } from "../http/rate-limits.ts";
import { actionsPermissionRoutes } from "./actions-permissions.ts";
import { auditLogRoutes } from "./audit-log.ts";
import { autolinkRoutes } from "./autolinks.ts";
import { branchProtectionRoutes } from "./branch-protection.ts";
import { branchRoutes } from "./branches.ts";
import { checkRoutes } from "./checks.ts";
import { collaboratorRoutes } from "./collaborators.ts";
import { commitRoutes } from "./commits.ts";
import { contentsRoutes } from "./contents.ts";
import { customPropertyRoutes } from "./custom-properties.ts";
import { deployKeyRoutes } from "./deploy-keys.ts";
import { environmentRoutes } from "./environments.ts";
import { gitObjectRoutes } from "./git-objects.ts";
import { gitRefRoutes } from "./git-refs.ts";
import { issueRoutes } from "./issues.ts";
import { issueCommentRoutes } from "./issue-comments.ts";
import { labelRoutes } from "./labels.ts";
import { metaRoutes } from "./meta.ts";
import { oidcSubjectRoutes } from "./oidc-subjects.ts";
import { organisationRulesetRoutes } from "./organisation-rulesets.ts";
import { organisationInvitationRoutes } from "./organisation-invitations.ts";
import { organisationMemberRoutes } from "./organisation-members.ts";
import { milestoneRoutes } from "./milestones.ts";
import { organisationSettingRoutes } from "./organisation-settings.ts";
import { organisationRoutes } from "./organisations.ts";
import { outsideCollaboratorRoutes } from "./outside-collaborators.ts";
import { ownMembershipRoutes } from "./own-memberships.ts";
import { pullRoutes } from "./pulls.ts";
import { pushRestrictionRoutes } from "./push-restrictions.ts";
import { releaseAssetRoutes } from "./release-assets.ts";
import { releaseRoutes } from "./releases.ts";
import { repositoryDispatchRoutes } from "./repository-dispatch.ts";
import { repositoryRoutes } from "./repositories.ts";
import { rulesetRoutes } from "./rulesets.ts";
import { searchRoutes } from "./search.ts";
import { secretRoutes } from "./secrets.ts";
import { securityFixRoutes } from "./security-fixes.ts";
import { selectedRepositoryRoutes } from "./selected-repositories.ts";
import { statusRoutes } from "./statuses.ts";
import { teamMemberRoutes } from "./team-members.ts";
import { teamRepositoryRoutes } from "./team-repositories.ts";
import { teamRoutes } from "./teams.ts";
import { userKeyRoutes } from "./user-keys.ts";
import { variableRoutes } from "./variables.ts";
import { webhookDeliveryRoutes } from "./webhook-deliveries.ts";
import { webhookRoutes } from "./webhooks.ts";

/** The REST API, one file a subject. */
export function restRoutes(budget: Budget): Hono<Env> {
  const routes = createRoutes();
  for (const subject of [
    metaRoutes(budget),
    organisationRoutes,
    organisationMemberRoutes,
    organisationInvitationRoutes,
    outsideCollaboratorRoutes,
    ownMembershipRoutes,
    teamRoutes,
    teamMemberRoutes,
    teamRepositoryRoutes,
    organisationSettingRoutes,
    repositoryRoutes,
    contentsRoutes,
    gitObjectRoutes,
    gitRefRoutes,
    branchRoutes,
    branchProtectionRoutes,
    pushRestrictionRoutes,
    rulesetRoutes,
    organisationRulesetRoutes,
    customPropertyRoutes,
    collaboratorRoutes,
    // Below commits, whose refs may hold slashes.
    checkRoutes,
    statusRoutes,
    repositoryDispatchRoutes,
    commitRoutes,
    pullRoutes,
    issueRoutes,
    issueCommentRoutes,
    labelRoutes,
    releaseRoutes,
    releaseAssetRoutes,
    secretRoutes,
    variableRoutes,
    selectedRepositoryRoutes,
    environmentRoutes,
    actionsPermissionRoutes,
    oidcSubjectRoutes,
    auditLogRoutes,
    searchRoutes,
    securityFixRoutes,
    userKeyRoutes,
    autolinkRoutes,
    deployKeyRoutes,
    milestoneRoutes,
    webhookRoutes,
    webhookDeliveryRoutes,
  ]) {
    routes.route("/", subject);
  }
  return routes;
}
