import { repositoryOf } from "../../stack/engine-change.ts";
import { diffFiles, textsOf } from "./diff-files.ts";
import { diffProperties } from "./diff-properties.ts";
import { describeResource, isInternal } from "./describe-resource.ts";
import type { EventLog, ResourceState, ResourceStep } from "./event-log.ts";
import { asReverted, editedFiles, pendingOf, withoutEdits } from "./workflow-edits.ts";
import type { DriftedResource, PropertyChange } from "./stack-preview.ts";

/** What the refresh found to differ from the stack's state, sorted by repository. */
export function refreshedDrift({ refreshed }: Pick<EventLog, "refreshed">): DriftedResource[] {
  return [...refreshed.values()]
    .filter(({ type }) => !isInternal(type))
    .flatMap((step): DriftedResource[] => {
      const place = { repository: repositoryOf(step.urn), what: describeResource(step) };
      const { before, after } = step;
      if (!before) return [];
      if (!after || Object.keys(after.outputs).length === 0)
        return [{ ...place, kind: "gone", properties: [], files: [] }];
      const reverted = withoutEdits(pendingOf(after.outputs), pendingOf(before.outputs));
      const files = [
        ...diffFiles(textsOf(before.inputs["files"]), textsOf(after.inputs["files"])),
        ...editedFiles(reverted.map(asReverted), "changed"),
      ];
      const properties = driftedProperties(step, before, after);
      if (files.length + properties.length === 0) return [];
      return [{ ...place, kind: "changed", properties, files }];
    })
    .sort((a, b) => (a.repository ?? "").localeCompare(b.repository ?? "", "en"));
}

function driftedProperties(
  { type, paths }: ResourceStep,
  before: ResourceState,
  after: ResourceState,
): PropertyChange[] {
  switch (type) {
    case "ghcr:index:PackageAccess":
      return packageDrift(before, after);
    case "ghcr:index:RegistrySecret": {
      // GitHub does not return values, so an overwritten secret only shows in its date.
      const others = diffProperties(before.inputs, after.inputs, true).filter(
        ({ path }) => path !== "hash",
      );
      const overwritten = before.inputs["box"] !== undefined && after.inputs["box"] === undefined;
      const dates = { updatedAt: before.outputs["updatedAt"] };
      const found = { updatedAt: after.outputs["updatedAt"] };
      return [...(overwritten ? diffProperties(dates, found, false) : []), ...others];
    }
    default:
      return paths.length === 0 ? [] : diffProperties(before.inputs, after.inputs, true);
  }
}

/**
 * A first image is no drift; another link or visibility is. A package that the token may not see is not
 * judged.
 */
function packageDrift(before: ResourceState, after: ResourceState): PropertyChange[] {
  const isVerified = ({ outputs }: ResourceState) => outputs["verified"] !== false;
  if (before.outputs["exists"] !== true || ![before, after].every(isVerified)) return [];
  const facts = ({ outputs }: ResourceState) => ({
    exists: outputs["exists"],
    linkedTo: outputs["linkedTo"],
    visibility: outputs["actualVisibility"],
  });
  return diffProperties(facts(before), facts(after), true);
}
