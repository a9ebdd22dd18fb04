import picomatch from "picomatch";
import { hasRole, type Level } from "../accounts/permissions.ts";
import type { Role } from "../state/role.ts";
import { rulesetsOver } from "./rulesets-over.ts";
import type { BranchRule, BypassActor, Ruleset } from "../state/branch-rule.ts";
import type { Repository } from "../state/repository.ts";
import type { Grantee } from "../state/team.ts";
import type { World } from "../world.ts";

/** The rules for a branch, in the order in which they were created; an organisation's come first. */
export function rulesFor(world: World, repository: Repository, branch: string): BranchRule[] {
  const meets = (pattern: string) => matches(repository, branch, pattern);
  const fromRulesets = rulesetsOver(world, repository)
    .filter(({ enforcement }) => enforcement === "active")
    .filter(({ include, exclude }) => include.some(meets) && !exclude.some(meets))
    .map(branchRuleOf);
  return [...repository.rules.filter(({ pattern }) => meets(pattern)), ...fromRulesets];
}

/** Whether pull requests reach a branch through a merge queue. */
export function hasMergeQueue(world: World, repository: Repository, branch: string): boolean {
  return rulesFor(world, repository, branch).some(({ mergeQueue }) => mergeQueue);
}

/** The classic rules for a branch; the first of them is shown. */
export function classicRulesFor(repository: Repository, branch: string): BranchRule[] {
  return repository.rules.filter(
    ({ source, pattern }) => source === "protection" && matches(repository, branch, pattern),
  );
}

function matches(repository: Repository, branch: string, pattern: string): boolean {
  if (pattern === "~ALL") return true;
  if (pattern === "~DEFAULT_BRANCH") return branch === repository.defaultBranch;
  return picomatch.isMatch(branch, pattern.replace(/^refs\/heads\//, ""), { dot: true });
}

/** The types of rules in rulesets that the simulator enforces. */
export const enforcedRuleTypes: readonly string[] = [
  "creation",
  "update",
  "required_linear_history",
  "deletion",
  "non_fast_forward",
  "required_signatures",
  "pull_request",
  "required_status_checks",
  "merge_queue",
];

/** A rule of a branch that requires nothing. */
export const noRule: Omit<BranchRule, "source" | "id" | "pattern"> = {
  requirePullRequest: false,
  requiredApprovals: 0,
  requireSignatures: false,
  requiredStatusChecks: [],
  strictStatusChecks: false,
  enforceAdmins: false,
  blockDeletion: false,
  blockForcePush: false,
  bypass: [],
  bypassActors: [],
  requireLinearHistory: false,
  blockCreation: false,
  blockUpdate: false,
  pushers: null,
  bypassPullRequest: [],
  bypassForcePush: [],
  reviews: { dismissStale: false, codeOwners: false, lastPushApproval: false, dismissers: null },
  requireConversationResolution: false,
  allowForkSyncing: false,
  mergeQueue: false,
};

function branchRuleOf({ id, rules, bypassActors }: Ruleset): BranchRule {
  const find = (type: string) => rules.find((rule) => rule.type === type);
  const reviews = find("pull_request")?.parameters;
  const checks = find("required_status_checks")?.parameters?.required_status_checks;
  return {
    ...noRule,
    bypassActors,
    source: "ruleset",
    id,
    pattern: "",
    requirePullRequest: find("pull_request") !== undefined,
    requiredApprovals: Number(reviews?.required_approving_review_count ?? 0),
    reviews: {
      dismissStale: reviews?.dismiss_stale_reviews_on_push === true,
      codeOwners: reviews?.require_code_owner_review === true,
      lastPushApproval: reviews?.require_last_push_approval === true,
      dismissers: null,
    },
    requireConversationResolution: reviews?.required_review_thread_resolution === true,
    requireLinearHistory: find("required_linear_history") !== undefined,
    blockCreation: find("creation") !== undefined,
    blockUpdate: find("update") !== undefined,
    requireSignatures: find("required_signatures") !== undefined,
    requiredStatusChecks: ((checks ?? []) as { context: string }[]).map(({ context }) => context),
    strictStatusChecks:
      find("required_status_checks")?.parameters?.strict_required_status_checks_policy === true,
    enforceAdmins: true,
    blockDeletion: find("deletion") !== undefined,
    blockForcePush: find("non_fast_forward") !== undefined,
    mergeQueue: find("merge_queue") !== undefined,
  };
}

export interface BranchChange {
  kind: "create" | "update" | "delete";
  viaPullRequest: boolean;
  viaQueue: boolean;
  signed: boolean;
  fastForward: boolean;
  /** Whether it adds a commit with several parents. */
  merges: boolean;
  /** Why required checks block it. */
  missingChecks: (rule: BranchRule) => string[];
}

/** The actor who changes a branch. */
export interface Changer {
  login: string | undefined;
  role: Role | "none";
  isOwner: boolean;
  /** Ids of the actor's teams, including parents. */
  teams: ReadonlySet<number>;
}

/** Ids of GitHub's own roles in rulesets. */
const roleIds: Readonly<Record<number, Level | "maintain">> = {
  2: "maintain",
  4: "write",
  5: "admin",
};

/** How a rule's bypass list applies to somebody. */
export function bypassOf(
  actors: readonly BypassActor[],
  who: Changer,
): "always" | "pull_requests_only" | "never" {
  const modes = actors
    .filter(({ actor_type, actor_id }) => {
      if (actor_type === "OrganizationAdmin") return who.isOwner;
      if (actor_type === "Team") return who.teams.has(actor_id ?? 0);
      const asked = roleIds[actor_id ?? 0];
      return asked === "maintain"
        ? who.role === "maintain" || who.role === "admin"
        : asked !== undefined && hasRole(who.role, asked);
    })
    .map(({ bypass_mode }) => bypass_mode);
  if (modes.includes("always")) return "always";
  return modes.length > 0 ? "pull_requests_only" : "never";
}

function passes(rule: BranchRule, who: Changer, change: BranchChange): boolean {
  if (who.login !== undefined && rule.bypass.includes(who.login)) return true;
  if (rule.source === "protection") {
    // Force pushes and deletions have their own settings, which apply to administrators too.
    const isRewrite = change.kind === "delete" || (change.kind === "update" && !change.fastForward);
    return !isRewrite && !rule.enforceAdmins && who.role === "admin";
  }
  const bypass = bypassOf(rule.bypassActors, who);
  return bypass === "always" || (bypass === "pull_requests_only" && change.viaPullRequest);
}

/**
 * Why a change of a branch is refused, in GitHub's wording; undefined if it is not.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
 */
export function ruleViolation(
  world: World,
  repository: Repository,
  branch: string,
  who: Changer,
  change: BranchChange,
): string | undefined {
  const reasons = rulesFor(world, repository, branch)
    .filter((rule) => !passes(rule, who, change))
    .flatMap((rule) => violations(rule, who, change));
  if (reasons.length === 0) return undefined;
  return `Repository rule violations found\n\n${[...new Set(reasons)].join("\n")}\n\n`;
}

function violations(rule: BranchRule, who: Changer, change: BranchChange): string[] {
  const isAmong = (named: readonly Grantee[]) =>
    named.some((item) => (typeof item === "number" ? who.teams.has(item) : item === who.login));
  const mayNotPush = rule.pushers !== null && !isAmong(rule.pushers);
  switch (change.kind) {
    case "create":
      // Classic protection has this only together with restricted pushes, as GitHub's form shows.
      return rule.blockCreation && (rule.pushers === null || mayNotPush)
        ? ["Cannot create this branch"]
        : [];
    case "delete":
      return rule.blockDeletion ? ["Cannot delete this branch"] : [];
    case "update":
      return [
        ...(rule.blockUpdate ? ["Cannot update this protected branch."] : []),
        ...(mayNotPush ? ["You're not authorized to push to this branch."] : []),
        ...(rule.blockForcePush && !change.fastForward && !isAmong(rule.bypassForcePush)
          ? ["Cannot force-push to this branch"]
          : []),
        ...(rule.requirePullRequest && !change.viaPullRequest && !isAmong(rule.bypassPullRequest)
          ? ["Changes must be made through a pull request."]
          : []),
        ...(rule.mergeQueue && !change.viaQueue
          ? ["Changes must be made through the merge queue"]
          : []),
        ...(rule.requireSignatures && !change.signed
          ? ["Commits must have verified signatures."]
          : []),
        ...(rule.requireLinearHistory && change.merges
          ? ["This branch must not contain merge commits."]
          : []),
        ...change.missingChecks(rule),
      ];
  }
}

/** How many approvals a rule requires before a pull request may be merged. */
export function requiredApprovals({ requiredApprovals: count, reviews }: BranchRule): number {
  return Math.max(count, reviews.lastPushApproval ? 1 : 0);
}
