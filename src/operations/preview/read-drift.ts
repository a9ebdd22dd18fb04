import { repositoryOf } from "../../stack/engine-change.ts";
import { compareFiles, textsOf } from "./compare-files.ts";
import { compareProperties } from "./compare-properties.ts";
import { describeResource, isInternal } from "./describe-resource.ts";
import type { EventLog, ResourceState, ResourceStep } from "./event-log.ts";
import { editedFiles, pendingOf, takenBack, withoutEdits } from "./workflow-edits.ts";
import type { DriftedResource, PropertyChange } from "./stack-preview.ts";

/** What the refresh found to be otherwise than the stack left it, sorted by repository. */
export function readDrift({ refreshed }: Pick<EventLog, "refreshed">): DriftedResource[] {
  return [...refreshed.values()]
    .filter(({ type }) => !isInternal(type))
    .flatMap((step): DriftedResource[] => {
      const place = { repository: repositoryOf(step.urn), what: describeResource(step) };
      const { before, after } = step;
      if (!before) return [];
      if (!after || Object.keys(after.outputs).length === 0)
        return [{ ...place, kind: "gone", properties: [], files: [] }];
      const turnedBack = withoutEdits(pendingOf(after.outputs), pendingOf(before.outputs));
      const files = [
        ...compareFiles(textsOf(before.inputs["files"]), textsOf(after.inputs["files"])),
        ...editedFiles(turnedBack.map(takenBack), "changed"),
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
      // A value that somebody wrote shows in its date alone: GitHub hands out no values.
      const others = compareProperties(before.inputs, after.inputs, true).filter(
        ({ path }) => path !== "hash",
      );
      const overwritten = before.inputs["box"] !== undefined && after.inputs["box"] === undefined;
      const dates = { updatedAt: before.outputs["updatedAt"] };
      const found = { updatedAt: after.outputs["updatedAt"] };
      return [...(overwritten ? compareProperties(dates, found, false) : []), ...others];
    }
    default:
      return paths.length === 0 ? [] : compareProperties(before.inputs, after.inputs, true);
  }
}

/**
 * A first image is progress; another link or visibility is not. A package that the token may not see
 * is not judged.
 */
function packageDrift(before: ResourceState, after: ResourceState): PropertyChange[] {
  const isVerified = ({ outputs }: ResourceState) => outputs["verified"] !== false;
  if (before.outputs["exists"] !== true || ![before, after].every(isVerified)) return [];
  const facts = ({ outputs }: ResourceState) => ({
    exists: outputs["exists"],
    linkedTo: outputs["linkedTo"],
    visibility: outputs["actualVisibility"],
  });
  return compareProperties(facts(before), facts(after), true);
}
