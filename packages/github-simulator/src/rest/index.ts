import type { Hono } from "hono";
import { createRoutes, type Env } from "../http/env.ts";
import type { Budget } from "../http/rate-limits.ts";
import { actionsPermissionRoutes } from "./actions/actions-permissions.ts";
import { installationRoutes } from "./apps.ts";
import { auditLogRoutes } from "./organisations/audit-log.ts";
import { autolinkRoutes } from "./repositories/autolinks.ts";
import { branchProtectionRoutes } from "./rules/branch-protection.ts";
import { branchRoutes } from "./git/branches.ts";
import { checkRoutes, statusRoutes } from "./git/statuses.ts";
import { collaboratorRoutes } from "./repositories/collaborators.ts";
import { commitRoutes } from "./git/commits.ts";
import { contentsRoutes } from "./git/contents.ts";
import { customPropertyRoutes } from "./organisations/custom-properties.ts";
import { deployKeyRoutes } from "./keys/deploy-keys.ts";
import { environmentRoutes } from "./actions/environments.ts";
import { gitObjectRoutes } from "./git/git-objects.ts";
import { gitRefRoutes } from "./git/git-refs.ts";
import { issueRoutes } from "./discussions/issues.ts";
import { issueCommentRoutes } from "./discussions/issue-comments.ts";
import { labelRoutes } from "./discussions/labels.ts";
import { metaRoutes } from "./meta.ts";
import { oidcSubjectRoutes } from "./actions/oidc-subjects.ts";
import { organisationRulesetRoutes } from "./rules/organisation-rulesets.ts";
import { organisationInvitationRoutes } from "./organisations/organisation-invitations.ts";
import { organisationMemberRoutes } from "./organisations/organisation-members.ts";
import { milestoneRoutes } from "./discussions/milestones.ts";
import { organisationSettingRoutes } from "./organisations/organisation-settings.ts";
import { organisationRoutes } from "./organisations/organisations.ts";
import { ownMembershipRoutes } from "./organisations/own-memberships.ts";
import { pullRoutes } from "./discussions/pulls.ts";
import { reviewRequestRoutes } from "./discussions/review-requests.ts";
import { releaseAssetRoutes } from "./repositories/release-assets.ts";
import { releaseRoutes } from "./repositories/releases.ts";
import {
  repositoryDispatchRoutes,
  repositoryRoutes,
  securityFixRoutes,
} from "./repositories/repositories.ts";
import { rulesetRoutes } from "./rules/rulesets.ts";
import { searchRoutes } from "./discussions/search.ts";
import { secretRoutes } from "./actions/secrets.ts";
import { selectedRepositoryRoutes } from "./actions/selected-repositories.ts";
import { teamMemberRoutes } from "./organisations/team-members.ts";
import { teamRepositoryRoutes } from "./repositories/team-repositories.ts";
import { teamRoutes } from "./organisations/teams.ts";
import { userKeyRoutes } from "./keys/user-keys.ts";
import { variableRoutes } from "./actions/variables.ts";
import { webhookPingRoutes } from "./webhooks/webhook-pings.ts";
import { webhookRoutes } from "./webhooks/webhooks.ts";

/** The REST API, one file per subject. */
export function restRoutes(budget: Budget): Hono<Env> {
  const routes = createRoutes();
  for (const subject of [
    metaRoutes(budget),
    installationRoutes,
    organisationRoutes,
    organisationMemberRoutes,
    organisationInvitationRoutes,
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
    rulesetRoutes,
    organisationRulesetRoutes,
    customPropertyRoutes,
    collaboratorRoutes,
    // Before the routes of commits, whose refs may contain slashes.
    checkRoutes,
    statusRoutes,
    repositoryDispatchRoutes,
    commitRoutes,
    pullRoutes,
    reviewRequestRoutes,
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
    webhookPingRoutes,
  ]) {
    routes.route("/", subject);
  }
  return routes;
}
