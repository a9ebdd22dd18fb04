import { deleteSecret } from "../../github/secrets/actions-secrets.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { repositoryOf } from "../../stack/engine-change.ts";
import {
  previewStack,
  updateStack,
  type EngineOptions,
  type EngineRun,
  type Violation,
} from "../../stack/run-engine.ts";
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
    const { policyPacks, policyPackConfigs, ...options } = engine;
    const packs = {
      ...(policyPacks && { policyPacks }),
      ...(policyPackConfigs && { policyPackConfigs }),
    };
    const targeted = { ...options, refresh: true, target: [...new Set(target)] };
    // In an update, what does not depend on the violating resource would be written before it is judged.
    const judged = await previewStack(automation, { ...targeted, ...packs });
    const violations = judged.violations.filter((each) => !isLeftToPeople(each, findings));
    if (violations.length + judged.failures.length > 0) return describe(judged, violations);
    const run = await updateStack(automation, targeted);
    if (!run.succeeded) return describe(run, run.violations);
  }
  return {
    violations: [],
    failures: deleteShadows ? await deleteAll(github, owner, findings) : [],
  };
}

/** A package that is no longer as it was stops no repair: only a person can change it back. */
function isLeftToPeople({ rule, urn }: Violation, findings: readonly DriftFinding[]): boolean {
  const repository = repositoryOf(urn ?? "");
  return (
    rule.startsWith("package-") &&
    findings.some((each) => each.repair.by === "person" && each.repository === repository)
  );
}

function describe(
  { failures }: Pick<EngineRun, "failures">,
  violations: readonly Violation[],
): Repairs {
  return {
    violations: violations.map(({ rule, message }) => `${rule}: ${message}`),
    failures: failures.map(({ message }) => message),
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
