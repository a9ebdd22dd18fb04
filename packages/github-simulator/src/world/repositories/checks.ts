import type { BranchRule } from "../state/branch-rule.ts";
import type { CommitStatus, Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import type { Check } from "../state/check.ts";

/** https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const passing = ["success", "neutral", "skipped"];

/** The newest attempt of each check, like GitHub's `filter=latest`. */
export function latestChecks(checks: readonly Check[]): Check[] {
  const byName = new Map<string, Check>();
  for (const check of checks) {
    const key = `${check.suite} ${check.name}`;
    if (!byName.has(key)) byName.set(key, check);
  }
  return [...byName.values()];
}

/** All statuses of a commit, newest first. */
export function statusesOf({ statuses }: Repository, sha: string): CommitStatus[] {
  return statuses.filter((status) => status.sha === sha).reverse();
}

/** The newest status of each context; case is ignored. */
export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  const byContext = new Map<string, CommitStatus>();
  for (const status of statusesOf(repository, sha)) {
    const context = status.context.toLowerCase();
    if (!byContext.has(context)) byContext.set(context, status);
  }
  return [...byContext.values()];
}

/**
 * The combined state of statuses; a commit without any is pending.
 * https://docs.github.com/en/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
 */
export function statusState(latest: readonly CommitStatus[]): "success" | "failure" | "pending" {
  const outcomes = latest.map(outcomeOfStatus);
  if (outcomes.includes("failing")) return "failure";
  return latest.length === 0 || outcomes.includes("in progress") ? "pending" : "success";
}

/** GitHub's combination: one failure means failure, one pending means pending. */
export function rollupState(
  checks: readonly Check[],
  statuses: readonly CommitStatus[],
): "SUCCESS" | "FAILURE" | "PENDING" {
  const outcomes = [...checks.map(outcomeOf), ...statuses.map(outcomeOfStatus)];
  if (outcomes.includes("failing")) return "FAILURE";
  return outcomes.includes("in progress") ? "PENDING" : "SUCCESS";
}

/** Why required checks block a commit, in GitHub's wording. */
export function missingChecks(
  world: World,
  repository: Repository,
  sha: string,
  { requiredStatusChecks }: BranchRule,
): string[] {
  const reported = [
    ...latestChecks(world.checksOf(repository, sha)).map(
      (each) => [each.name, outcomeOf(each)] as const,
    ),
    ...latestStatuses(repository, sha).map(
      (each) => [each.context, outcomeOfStatus(each)] as const,
    ),
  ];
  const missing = requiredStatusChecks.flatMap((context) => {
    const [, outcome = "expected"] = reported.find(([name]) => name === context) ?? [];
    return outcome === "passing" ? [] : [{ context, outcome }];
  });
  const [first] = missing;
  if (first === undefined) return [];
  const count = requiredStatusChecks.length;
  if (count === 1) return [`Required status check "${first.context}" is ${first.outcome}.`];
  if (missing.every(({ outcome }) => outcome === "expected")) {
    return [`${missing.length} of ${count} required status checks are expected.`];
  }
  const parts = (["failing", "in progress", "expected"] as const)
    .map((outcome) => ({
      outcome,
      many: missing.filter((each) => each.outcome === outcome).length,
    }))
    .filter(({ many }) => many > 0)
    .map(({ outcome, many }) => `${many} ${outcome}`);
  return [
    `${missing.length} of ${count} required status checks have not succeeded: ${parts.join(" and ")}.`,
  ];
}

type Outcome = "passing" | "failing" | "in progress";

function outcomeOfStatus({ state }: CommitStatus): Outcome {
  if (state === "pending") return "in progress";
  return state === "success" ? "passing" : "failing";
}

function outcomeOf({ status, conclusion }: Check): Outcome {
  if (status !== "completed") return "in progress";
  return conclusion !== null && passing.includes(conclusion) ? "passing" : "failing";
}
