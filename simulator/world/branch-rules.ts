import picomatch from "picomatch";
import type { BranchRule, Repository } from "./state.ts";

/** The rules that hold a branch, in the order they were written. */
export function rulesFor(repository: Repository, branch: string): BranchRule[] {
  return repository.rules.filter(({ pattern }) => {
    if (pattern === "~ALL") return true;
    if (pattern === "~DEFAULT_BRANCH") return branch === repository.defaultBranch;
    return picomatch.isMatch(branch, pattern, { dot: true });
  });
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
  login: string | undefined,
  change: BranchChange,
): string | undefined {
  const reasons = rulesFor(repository, branch)
    .filter((rule) => login === undefined || !rule.bypass.includes(login))
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
