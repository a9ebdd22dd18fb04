import { deleteSecret, placeIn } from "../../github/secrets/actions-secrets.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { listed } from "../../format-text.ts";
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

export interface RepairOptions extends Pick<EngineOptions, "policyPacks" | "policyPackConfigs"> {
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
  { name, engine, connection: { owner } }: OpenStack,
  findings: readonly DriftFinding[],
  { github, deleteShadows, ...packs }: RepairOptions,
): Promise<Repairs> {
  const target = findings.flatMap(({ repair }) => (repair.by === "update" ? repair.urn : []));
  if (target.length > 0) {
    const targeted = { refresh: true, target: [...new Set(target)] };
    // In an update, what does not depend on the violating resource would be written before it is judged.
    const judged = await previewStack(engine, { ...targeted, ...packs });
    const violations = judged.violations.filter((each) => !isLeftToPeople(each));
    if (violations.length + judged.failures.length > 0) return describe(name, judged, violations);
    const run = await updateStack(engine, targeted);
    if (!run.succeeded) return describe(name, run, run.violations);
  }
  return {
    violations: [],
    failures: deleteShadows ? await deleteAll(github, owner, findings) : [],
  };
}

/** A package that is not as it should be stops no repair: only a person can change it, and no repair does. */
function isLeftToPeople({ rule }: Violation): boolean {
  return rule.startsWith("package-");
}

function describe(
  stack: string,
  { failures }: Pick<EngineRun, "failures">,
  violations: readonly Violation[],
): Repairs {
  return {
    violations: violations.map(({ rule, message }) => `${rule}: ${message}`),
    failures: explainTargets(
      stack,
      failures.map(({ message }) => message),
    ),
  };
}

/**
 * The engine changes nothing that a resource depends on which the program no longer declares, unless that resource is
 * deleted with it: a repository that was renamed or left the fleet.
 *
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/ on --target
 */
function explainTargets(stack: string, messages: readonly string[]): string[] {
  const gone = messages.flatMap((message) => {
    const [, urn] =
      /'(urn:\S+)' will be destroyed but was not specified in --target/.exec(message) ?? [];
    return urn === undefined ? [] : [{ message, repository: repositoryOf(urn) ?? urn }];
  });
  if (gone.length === 0) return [...messages];
  const others = messages.filter((each) => !gone.some(({ message }) => message === each));
  const names = [...new Set(gone.map(({ repository }) => repository))].sort();
  return [
    ...others,
    `${listed(names)} left the fleet, or got another name, and no update has applied that yet; until then, what all repositories share cannot be repaired alone: \`ghcr-fleet rollout ${stack} --refresh\` does both`,
  ];
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
    try {
      await deleteSecret(github, placeIn({ owner, repository, environment }), name);
    } catch (error) {
      failures.push(explainFailure(error, `delete ${name} of ${owner}/${repository}`).message);
    }
  }
  return failures;
}
