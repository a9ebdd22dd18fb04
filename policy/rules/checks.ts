import { ghcr } from "../model/resource-types.ts";
import type { ResourceRule } from "../model/rule.ts";
import { holdsToken, safeToPrint } from "../workflow/safe-to-print.ts";

/** A check that nothing reports any more stays "expected", and nobody can merge. */
export const requiredChecksKept: ResourceRule = {
  kind: "resource",
  id: "required-checks-kept",
  level: "mandatory",
  severity: "high",
  description: "No change of workflow files removes or renames a check that the branch requires.",
  remediation:
    "Keep the name of the check (workflows.jobName), take it out of the branch's rule, or keep the repository's own workflows (workflows: repair).",
  source:
    "https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks",
  sees: "ghcr:index:RepositoryPublishing, which compares rulesets and classic protection of the branch with the names of jobs before and after the change; what is lost is looked at again at each run. A name with an expression may be any name.",
  resourceTypes: [ghcr.publishing],
  *judge({ props }) {
    for (const check of namesIn(props["lostChecks"]))
      yield `keep reporting the check ${check}, which its branch requires`;
  },
};

/** A merge queue waits for its checks until it gives up, and then nothing was merged. */
export const requiredChecksInQueue: ResourceRule = {
  kind: "resource",
  id: "required-checks-in-queue",
  level: "advisory",
  severity: "medium",
  description:
    "A check that a branch with a merge queue requires runs for the groups of the queue.",
  remediation: "Add merge_group to the events of the workflow that reports the check.",
  source:
    "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue#triggering-merge-group-checks-with-github-actions",
  sees: "ghcr:index:RepositoryPublishing, for repositories with a merge queue whose files this update changes, and then at each run until the check runs there. The templates' ci.yml runs for the queue.",
  resourceTypes: [ghcr.publishing],
  *judge({ props }) {
    for (const check of namesIn(props["checksOutsideQueue"]))
      yield `run the check ${check} for merge groups, or nothing leaves the merge queue of its branch`;
  },
};

function namesIn(checks: unknown): string[] {
  const names: readonly unknown[] = Array.isArray(checks) ? checks : [];
  return names.map((name) => (isPlain(name) ? `"${name}"` : "with a name that is not shown"));
}

/** Names of checks also have commas and brackets: "test (18, ubuntu-24.04)". */
function isPlain(name: unknown): name is string {
  return (
    typeof name === "string" &&
    /^[\w .,:/()&+#-]{1,100}$/.test(name) &&
    !holdsToken(name) &&
    name.split(/[^\w.-]+/).every((word) => safeToPrint(word) !== undefined)
  );
}
