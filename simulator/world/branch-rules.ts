import picomatch from "picomatch";
import type { BranchRule, Repository, Ruleset } from "./state.ts";

/** The rules that hold a branch, in the order they were written. */
export function rulesFor(repository: Repository, branch: string): BranchRule[] {
  const meets = (pattern: string) => matches(repository, branch, pattern);
  const fromRulesets = repository.rulesets
    .filter(({ enforcement }) => enforcement === "active")
    .filter(({ include, exclude }) => include.some(meets) && !exclude.some(meets))
    .map(branchRuleOf);
  return [...repository.rules.filter(({ pattern }) => meets(pattern)), ...fromRulesets];
}

function matches(repository: Repository, branch: string, pattern: string): boolean {
  if (pattern === "~ALL") return true;
  if (pattern === "~DEFAULT_BRANCH") return branch === repository.defaultBranch;
  return picomatch.isMatch(branch, pattern.replace(/^refs\/heads\//, ""), { dot: true });
}

/** The types of a ruleset's rules that the simulator enforces. */
export const enforcedRuleTypes: readonly string[] = [
  "deletion",
  "non_fast_forward",
  "required_signatures",
  "pull_request",
  "required_status_checks",
];

function branchRuleOf({ id, rules }: Ruleset): BranchRule {
  const find = (type: string) => rules.find((rule) => rule.type === type);
  const checks = find("required_status_checks")?.parameters?.required_status_checks;
  return {
    source: "ruleset",
    id,
    pattern: "",
    requirePullRequest: find("pull_request") !== undefined,
    requiredApprovals: Number(
      find("pull_request")?.parameters?.required_approving_review_count ?? 0,
    ),
    requireSignatures: find("required_signatures") !== undefined,
    requiredStatusChecks: ((checks ?? []) as { context: string }[]).map(({ context }) => context),
    strictStatusChecks:
      find("required_status_checks")?.parameters?.strict_required_status_checks_policy === true,
    enforceAdmins: true,
    blockDeletion: find("deletion") !== undefined,
    blockForcePush: find("non_fast_forward") !== undefined,
    bypass: [],
  };
}

export interface BranchChange {
  kind: "update" | "delete";
  viaPullRequest: boolean;
  signed: boolean;
  fastForward: boolean;
}

/**
 * Why a change of a branch is refused, in GitHub's words; undefined when it is not.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
 */
export function ruleViolation(
  repository: Repository,
  branch: string,
  who: { login: string | undefined; isAdmin: boolean },
  change: BranchChange,
): string | undefined {
  const reasons = rulesFor(repository, branch)
    .filter((rule) => who.login === undefined || !rule.bypass.includes(who.login))
    .filter((rule) => rule.source === "ruleset" || rule.enforceAdmins || !who.isAdmin)
    .flatMap((rule) => violations(rule, change));
  if (reasons.length === 0) return undefined;
  return `Repository rule violations found\n\n${[...new Set(reasons)].join("\n")}\n\n`;
}

function violations(rule: BranchRule, change: BranchChange): string[] {
  if (change.kind === "delete") return rule.blockDeletion ? ["Cannot delete this branch"] : [];
  const reasons: string[] = [];
  if (rule.blockForcePush && !change.fastForward) {
    reasons.push("Cannot force-push to this branch");
  }
  if (rule.requirePullRequest && !change.viaPullRequest)
    reasons.push("Changes must be made through a pull request.");
  if (rule.requireSignatures && !change.signed) {
    reasons.push("Commits must have verified signatures.");
  }
  if (rule.requiredStatusChecks.length > 0) {
    const count = rule.requiredStatusChecks.length;
    reasons.push(
      count === 1
        ? `Required status check "${rule.requiredStatusChecks[0]}" is expected.`
        : `${count} of ${count} required status checks are expected.`,
    );
  }
  return reasons;
}
