import type { View } from "./view.ts";
import type { BranchRule } from "../world/state/branch-rule.ts";
import type { Repository } from "../world/state/repository.ts";
import type { Grantee } from "../world/state/team.ts";
import { simpleUserByLogin } from "./account.ts";
import { repositoryUrl } from "./repository.ts";
import { teamShape } from "./team.ts";

/** The repository and branch that a request asks about. */
export interface ProtectedBranch extends View {
  repository: Repository;
  branch: string;
  rule: BranchRule;
}

/** Classic protection: https://docs.github.com/en/rest/branches/branch-protection */
export function branchProtection(place: ProtectedBranch) {
  const { rule } = place;
  return {
    url: protectionUrl(place),
    ...(hasStatusChecks(rule) ? { required_status_checks: requiredStatusChecks(place) } : {}),
    ...(rule.requirePullRequest ? { required_pull_request_reviews: requiredReviews(place) } : {}),
    ...(rule.pushers !== null && { restrictions: restrictions(place) }),
    required_signatures: requiredSignatures(place),
    enforce_admins: enforceAdmins(place),
    required_linear_history: { enabled: rule.requireLinearHistory },
    allow_force_pushes: { enabled: !rule.blockForcePush },
    allow_deletions: { enabled: !rule.blockDeletion },
    block_creations: { enabled: rule.blockCreation },
    required_conversation_resolution: { enabled: rule.requireConversationResolution },
    lock_branch: { enabled: rule.blockUpdate },
    allow_fork_syncing: { enabled: rule.allowForkSyncing },
  };
}

export function hasStatusChecks(rule: BranchRule): boolean {
  return rule.requiredStatusChecks.length > 0 || rule.strictStatusChecks;
}

export function requiredStatusChecks(place: ProtectedBranch) {
  const url = `${protectionUrl(place)}/required_status_checks`;
  const contexts = place.rule.requiredStatusChecks;
  return {
    url,
    strict: place.rule.strictStatusChecks,
    contexts,
    contexts_url: `${url}/contexts`,
    checks: contexts.map((context) => ({ context, app_id: null })),
  };
}

export function requiredReviews(place: ProtectedBranch) {
  const { rule } = place;
  const url = protectionUrl(place);
  const { dismissers } = rule.reviews;
  return {
    url: `${url}/required_pull_request_reviews`,
    dismiss_stale_reviews: rule.reviews.dismissStale,
    require_code_owner_reviews: rule.reviews.codeOwners,
    require_last_push_approval: rule.reviews.lastPushApproval,
    required_approving_review_count: rule.requiredApprovals,
    ...(dismissers !== null && {
      dismissal_restrictions: {
        url: `${url}/dismissal_restrictions`,
        users_url: `${url}/dismissal_restrictions/users`,
        teams_url: `${url}/dismissal_restrictions/teams`,
        ...people(place, dismissers),
      },
    }),
    ...(rule.bypassPullRequest.length !== 0 && {
      bypass_pull_request_allowances: people(place, rule.bypassPullRequest),
    }),
  };
}

export function restrictions(place: ProtectedBranch) {
  const url = `${protectionUrl(place)}/restrictions`;
  return {
    url,
    users_url: `${url}/users`,
    teams_url: `${url}/teams`,
    apps_url: `${url}/apps`,
    ...people(place, place.rule.pushers ?? []),
  };
}

export function requiredSignatures(place: ProtectedBranch) {
  return {
    url: `${protectionUrl(place)}/required_signatures`,
    enabled: place.rule.requireSignatures,
  };
}

export function enforceAdmins(place: ProtectedBranch) {
  return { url: `${protectionUrl(place)}/enforce_admins`, enabled: place.rule.enforceAdmins };
}

function people(place: ProtectedBranch, named: readonly Grantee[]) {
  const { world, repository } = place;
  const organisation = world.findOrganisation(repository.owner);
  const teamOf = (id: number) => organisation?.teams.get(id);
  return {
    users: named.flatMap((item) =>
      typeof item === "string" ? [simpleUserByLogin(place, item)] : [],
    ),
    teams: named.flatMap((item) => {
      const team = typeof item === "number" ? teamOf(item) : undefined;
      return organisation && team ? [teamShape(place, organisation, team)] : [];
    }),
    apps: [],
  };
}

function protectionUrl(place: ProtectedBranch): string {
  const { repository, branch } = place;
  return `${repositoryUrl(place, repository)}/branches/${encodeURIComponent(branch)}/protection`;
}
