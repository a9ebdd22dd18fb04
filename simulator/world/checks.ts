import type { BranchRule, Repository } from "./state.ts";
import type { World } from "./world.ts";

/** What a job of Actions says of a commit. */
export interface Check {
  /** Also the job's. */
  id: number;
  /** The run's. */
  suite: number;
  name: string;
  workflow: { id: number; name: string };
  event: string;
  status: "queued" | "pending" | "in_progress" | "completed";
  conclusion: string | null;
  startedAt: string;
  completedAt: string | null;
  page: string;
  annotations: number;
}

/** Who knows the checks of a commit, the newest first. */
export type ChecksOf = (repository: Repository, sha: string) => readonly Check[];

/** https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const passing = ["success", "neutral", "skipped"];

/** The newest attempt of each check, as GitHub's `filter=latest`. */
export function latestChecks(checks: readonly Check[]): Check[] {
  const byName = new Map<string, Check>();
  for (const check of checks) {
    const key = `${check.suite} ${check.name}`;
    if (!byName.has(key)) byName.set(key, check);
  }
  return [...byName.values()];
}

/** As GitHub sums up: one failure fails all, one that goes on keeps all waiting. */
export function rollupState(checks: readonly Check[]): "SUCCESS" | "FAILURE" | "PENDING" {
  if (checks.some((check) => outcomeOf(check) === "failing")) return "FAILURE";
  return checks.some((check) => outcomeOf(check) !== "passing") ? "PENDING" : "SUCCESS";
}

/** Why the checks that a rule requires keep a commit out, in GitHub's words. */
export function missingChecks(
  world: World,
  repository: Repository,
  sha: string,
  { requiredStatusChecks }: BranchRule,
): string[] {
  const checks = latestChecks(world.checksOf(repository, sha));
  const missing = requiredStatusChecks.flatMap((context) => {
    const found = checks.find(({ name }) => name === context);
    const outcome = found === undefined ? "expected" : outcomeOf(found);
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

function outcomeOf({ status, conclusion }: Check): "passing" | "failing" | "in progress" {
  if (status !== "completed") return "in progress";
  return conclusion !== null && passing.includes(conclusion) ? "passing" : "failing";
}
