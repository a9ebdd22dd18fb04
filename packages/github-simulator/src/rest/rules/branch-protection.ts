import { z } from "zod";
import { ApiError, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import {
  branchProtection,
  enforceAdmins,
  hasStatusChecks,
  requiredReviews,
  requiredSignatures,
  requiredStatusChecks,
  restrictions,
  type ProtectedBranch,
} from "../../serializers/branch-protection.ts";
import { classicRulesFor, noRule } from "../../world/repositories/branch-rules.ts";
import type { BranchRule } from "../../world/state/branch-rule.ts";
import type { Grantee } from "../../world/state/team.ts";
import { findTeam } from "../../world/accounts/teams.ts";
import { openBranch } from "../git/branches.ts";

const protectionPath = "/repos/:owner/:repo/branches/:branch/protection";

/** https://docs.github.com/en/rest/branches/branch-protection */
export const branchProtectionRoutes = createRoutes()
  .get(protectionPath, (c) => c.json(branchProtection(openProtection(c, "read"))))
  .put(protectionPath, async (c) => {
    const { repository, branch } = openBranch(c, "administration", "write");
    const given = await readBody(c, protection, "Protection");
    const existing = classicRulesFor(repository, branch)[0];
    const rule = ruleFrom(c, existing, branch, given);
    repository.rules = [...repository.rules.filter((item) => item !== existing), rule];
    return c.json(branchProtection({ ...c.var, repository, branch, rule }));
  })
  .delete(protectionPath, (c) => {
    const { repository, rule } = openProtection(c, "write");
    repository.rules = repository.rules.filter((item) => item !== rule);
    return c.body(null, 204);
  });

/** The parts of a protection with their own addresses, and the effect of deleting each. */
const parts: {
  name: string;
  isThere: (rule: BranchRule) => boolean;
  shape: (place: ProtectedBranch) => object;
  remove: (rule: BranchRule) => void;
  /** Enables it, where a POST without a body does that. */
  add?: (rule: BranchRule) => void;
}[] = [
  {
    name: "required_signatures",
    isThere: () => true,
    shape: requiredSignatures,
    remove: (rule) => (rule.requireSignatures = false),
    add: (rule) => (rule.requireSignatures = true),
  },
  {
    name: "enforce_admins",
    isThere: () => true,
    shape: enforceAdmins,
    remove: (rule) => (rule.enforceAdmins = false),
    add: (rule) => (rule.enforceAdmins = true),
  },
  {
    name: "required_pull_request_reviews",
    isThere: ({ requirePullRequest }) => requirePullRequest,
    shape: requiredReviews,
    remove: (rule) =>
      Object.assign(rule, {
        requirePullRequest: false,
        requiredApprovals: 0,
        reviews: noRule.reviews,
        bypassPullRequest: [],
      }),
  },
  {
    name: "required_status_checks",
    isThere: hasStatusChecks,
    shape: requiredStatusChecks,
    remove: (rule) => Object.assign(rule, { requiredStatusChecks: [], strictStatusChecks: false }),
  },
  {
    name: "restrictions",
    isThere: ({ pushers }) => pushers !== null,
    shape: restrictions,
    remove: (rule) => (rule.pushers = null),
  },
];

for (const { name, isThere, shape, remove, add } of parts) {
  const open = (c: ApiContext, level: "read" | "write") => {
    const place = openProtection(c, level);
    if (isThere(place.rule)) return place;
    throw new ApiError(404, `${name.replace(/_/g, " ")} not enabled`);
  };
  branchProtectionRoutes
    .get(`${protectionPath}/${name}`, (c) => c.json(shape(open(c, "read"))))
    .delete(`${protectionPath}/${name}`, (c) => {
      const { rule } = openProtection(c, "write");
      remove(rule);
      return c.body(null, 204);
    });
  if (add === undefined) continue;
  branchProtectionRoutes.post(`${protectionPath}/${name}`, (c) => {
    const place = openProtection(c, "write");
    add(place.rule);
    return c.json(shape(place));
  });
}

const actors = z.object({
  users: z.array(z.string()).optional(),
  teams: z.array(z.string()).optional(),
  apps: z.array(z.string()).optional(),
});

/** Checks of one specific app are not simulated; -1 allows every app to set it. */
const anyApp = z.int().nullish();

/** Required but nullable, as in the API's description. */
const protection = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean().optional(),
      contexts: z.array(z.string()).nullish(),
      checks: z.array(z.object({ context: z.string(), app_id: anyApp })).nullish(),
    })
    .nullable(),
  required_pull_request_reviews: z
    .object({
      dismissal_restrictions: actors.nullish(),
      bypass_pull_request_allowances: actors.nullish(),
      dismiss_stale_reviews: z.boolean().optional(),
      require_code_owner_reviews: z.boolean().optional(),
      require_last_push_approval: z.boolean().optional(),
      required_approving_review_count: z.int().min(0).max(6).optional(),
    })
    .nullable(),
  enforce_admins: z.boolean().nullable(),
  restrictions: actors.nullable(),
  required_linear_history: z.boolean().nullish(),
  allow_force_pushes: z.boolean().nullish(),
  allow_deletions: z.boolean().nullish(),
  block_creations: z.boolean().nullish(),
  required_conversation_resolution: z.boolean().nullish(),
  lock_branch: z.boolean().nullish(),
  allow_fork_syncing: z.boolean().nullish(),
});

/** The rule of a PUT; absent fields get their defaults. */
function ruleFrom(
  c: ApiContext,
  existing: BranchRule | undefined,
  branch: string,
  given: z.output<typeof protection>,
): BranchRule {
  const reviews = given.required_pull_request_reviews;
  const dismissers = granteesOf(c, reviews?.dismissal_restrictions);
  return {
    ...noRule,
    source: "protection",
    id: existing?.id ?? c.var.world.nextId(),
    pattern: existing?.pattern ?? branch,
    requirePullRequest: reviews !== null,
    requiredApprovals: reviews?.required_approving_review_count ?? (reviews === null ? 0 : 1),
    reviews: {
      dismissStale: reviews?.dismiss_stale_reviews ?? false,
      codeOwners: reviews?.require_code_owner_reviews ?? false,
      lastPushApproval: reviews?.require_last_push_approval ?? false,
      // An empty object lifts the restriction.
      dismissers:
        Object.keys(reviews?.dismissal_restrictions ?? {}).length === 0 ? null : dismissers,
    },
    bypassPullRequest: granteesOf(c, reviews?.bypass_pull_request_allowances),
    requireSignatures: existing?.requireSignatures ?? false,
    requiredStatusChecks: checksOf(given.required_status_checks),
    strictStatusChecks: given.required_status_checks?.strict ?? false,
    enforceAdmins: given.enforce_admins ?? false,
    blockDeletion: given.allow_deletions !== true,
    blockForcePush: given.allow_force_pushes !== true,
    pushers: given.restrictions === null ? null : granteesOf(c, given.restrictions),
    requireLinearHistory: given.required_linear_history ?? false,
    blockCreation: given.block_creations ?? false,
    blockUpdate: given.lock_branch ?? false,
    requireConversationResolution: given.required_conversation_resolution ?? false,
    allowForkSyncing: given.allow_fork_syncing ?? false,
  };
}

/** Clients name the checks in the new field or in the old one. */
function checksOf(given: z.output<typeof protection>["required_status_checks"]): string[] {
  const ofApp = given?.checks?.find(({ app_id }) => (app_id ?? -1) !== -1);
  if (ofApp !== undefined) {
    throw new ApiError(501, `the simulator does not implement checks of app ${ofApp.app_id}`);
  }
  return given?.checks?.map(({ context }) => context) ?? given?.contexts ?? [];
}

/** The people and teams in a body; unknown ones are skipped. */
function granteesOf(c: ApiContext, given: z.output<typeof actors> | null | undefined): Grantee[] {
  const { users = [], teams = [], apps = [] } = given ?? {};
  if (apps.length > 0) {
    throw new ApiError(501, "the simulator does not implement apps in branch protection");
  }
  const organisation = c.var.world.findOrganisation(c.req.param("owner") ?? "");
  return [
    ...users.map((login) => {
      const user = c.var.world.findUser(login);
      if (user !== undefined) return user.login;
      throw validationFailed(`users: ${login} is not a collaborator`);
    }),
    ...teams.map((slug) => {
      const team = organisation && findTeam(organisation, slug);
      if (team !== undefined) return team.id;
      throw validationFailed(`teams: ${slug} is not a team of the organization`);
    }),
  ];
}

/** The protected branch of the path. */
function openProtection(c: ApiContext, level: "read" | "write"): ProtectedBranch {
  const { repository, branch } = openBranch(c, "administration", level);
  const rule = classicRulesFor(repository, branch)[0];
  if (rule === undefined) throw new ApiError(404, "Branch not protected");
  return { ...c.var, repository, branch, rule };
}
