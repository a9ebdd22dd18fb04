import { deleteSecret } from "../../github/secrets/actions-secrets.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { updateStack, type EngineOptions } from "../../stack/run-engine.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import type { DriftFinding } from "./drift-finding.ts";

export interface RepairOptions extends Pick<
  EngineOptions,
  "policyPacks" | "policyPackConfigs" | "onChange" | "onStatus"
> {
  readonly github: GitHubClient;
  /** Whether secrets that hide the fleet's are deleted; their values cannot be restored. */
  readonly deleteShadows: boolean;
}

export interface Repairs {
  /** Policies that forbid the update. */
  readonly violations: readonly string[];
  /** What failed, and why. */
  readonly failures: readonly string[];
}

/**
 * Repairs what can be repaired: updates the resources that drifted, and no others, judged by the
 * policies. Secrets that hide the fleet's are deleted last, when the fleet's own secret is repaired.
 */
export async function repairDrift(
  { automation, connection: { owner } }: OpenStack,
  findings: readonly DriftFinding[],
  { github, deleteShadows, ...engine }: RepairOptions,
): Promise<Repairs> {
  const target = findings.flatMap(({ repair }) => (repair.by === "update" ? repair.urn : []));
  if (target.length > 0) {
    const run = await updateStack(automation, {
      ...engine,
      refresh: true,
      target: [...new Set(target)],
    });
    const violations = run.violations.map(({ rule, message }) => `${rule}: ${message}`);
    const failures = run.failures.map(({ message }) => message);
    if (!run.succeeded) return { violations, failures };
  }
  return {
    violations: [],
    failures: deleteShadows ? await deleteAll(github, owner, findings) : [],
  };
}

async function deleteAll(
  github: GitHubClient,
  owner: string,
  findings: readonly DriftFinding[],
): Promise<string[]> {
  const failures: string[] = [];
  for (const { repair } of findings) {
    if (repair.by !== "deletion") continue;
    const { repository, environment, name } = repair;
    const own = { owner, repository };
    try {
      await deleteSecret(
        github,
        environment === undefined
          ? { scope: "repository", ...own }
          : { scope: "environment", environment, ...own },
        name,
      );
    } catch (error) {
      failures.push(explainFailure(error, `delete ${name} of ${owner}/${repository}`).message);
    }
  }
  return failures;
}
