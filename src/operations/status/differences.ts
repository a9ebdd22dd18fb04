import type { Fleet } from "../../fleet/fleet.ts";
import type { StackRecord } from "../../stack/stack-record.ts";
import type { DriftFinding } from "../drift/drift-finding.ts";
import type { Difference } from "./fleet-status.ts";

/** What `ghcr-fleet drift` finds, as the status has it. */
export function differencesOf(
  findings: readonly DriftFinding[],
  { sharedWorkflows, accessLevels }: Pick<StackRecord, "sharedWorkflows" | "accessLevels">,
  { repositories }: Pick<Fleet, "repositories">,
): Difference[] {
  const central = new Set([...sharedWorkflows, ...accessLevels].map(({ urn }) => urn));
  const spelled = new Map(repositories.map(({ name }) => [name.toLowerCase(), name]));
  return findings.map(({ repository, repair, ...finding }) => ({
    ...finding,
    // Every caller uses the shared workflow.
    repository:
      repository === null || (repair.by === "update" && central.has(repair.urn))
        ? null
        : (spelled.get(repository.toLowerCase()) ?? repository),
    repair: repair.by,
    step: repair.by === "person" ? repair.step : null,
  }));
}
