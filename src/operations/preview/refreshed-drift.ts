import type { PublishedPackage } from "../../properties/repository-publishing.ts";
import { repositoryOf } from "../../stack/engine-change.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import { diffFiles } from "./diff-files.ts";
import { diffProperties } from "./diff-properties.ts";
import { describeResource, isInternal } from "./describe-resource.ts";
import type { EventLog, Properties, ResourceState, ResourceStep } from "./event-log.ts";
import { repositoryWith, textsOf, type FileTexts } from "./file-texts.ts";
import { listIn } from "./recorded-lists.ts";
import { asReverted, editedFiles, pendingOf, withoutEdits } from "./workflow-edits.ts";
import type { DriftedResource, PropertyChange, StackPreview } from "./stack-preview.ts";

/** What the refresh found to differ from the stack's state, sorted by repository. */
export function refreshedDrift(
  { refreshed }: Pick<EventLog, "refreshed">,
  texts: FileTexts,
): DriftedResource[] {
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
        // The branch does not have yet what an open pull request of the fleet brings.
        ...(isOffered(before)
          ? []
          : diffFiles(
              textsOf(before.inputs["files"], texts),
              textsOf(after.inputs["files"], texts),
            )),
        ...editedFiles(reverted.map(asReverted), "changed"),
      ];
      const properties = driftedProperties(step, before, after);
      if (files.length + properties.length === 0) return [];
      return [{ ...place, kind: "changed", properties, files }];
    })
    .sort((a, b) => (a.repository ?? "").localeCompare(b.repository ?? "", "en"));
}

/** The fleet's own pull requests that are open, sorted by repository. */
export function waitingForMerge({ planned }: Pick<EventLog, "planned">): StackPreview["waiting"] {
  return [...planned.values()]
    .flatMap((step) => {
      const { before, paths } = step;
      const repository = repositoryWith(step);
      const url = before && pullRequestOf(before);
      // The provider found that it was merged or declined.
      const hasEnded = paths.includes("pullRequestUrl") || paths.includes("declined");
      return repository === undefined || url === undefined || hasEnded ? [] : [{ repository, url }];
    })
    .sort((a, b) => a.repository.localeCompare(b.repository, "en"));
}

/** Also where a person declined the files. */
function isOffered(state: ResourceState): boolean {
  return pullRequestOf(state) !== undefined || state.outputs["declined"] != null;
}

function pullRequestOf({ outputs }: ResourceState): string | undefined {
  const url = outputs["pullRequestUrl"];
  return typeof url === "string" && url !== "" ? url : undefined;
}

function driftedProperties(
  { type, paths }: ResourceStep,
  before: ResourceState,
  after: ResourceState,
): PropertyChange[] {
  switch (type) {
    case ghcrType.publishing:
      return [...fieldDrift(before, after), ...packageDrift(before, after)];
    case ghcrType.secret: {
      // GitHub does not return values, so an overwritten secret only shows in its date.
      const found = underFormerNames(before.inputs, after.inputs);
      const others = diffProperties(before.inputs, found, true).filter(
        ({ path }) => path !== "hash",
      );
      const overwritten = before.inputs["box"] !== undefined && after.inputs["box"] === undefined;
      const [date, fresh] = [before, after].map(({ outputs: { updatedAt } }) => ({ updatedAt }));
      const dates = overwritten && date && fresh ? diffProperties(date, fresh, false) : [];
      return [...dates, ...others];
    }
    default:
      return paths.length === 0 ? [] : diffProperties(before.inputs, after.inputs, true);
  }
}

/** A repository that was renamed still has the secret, and is reported itself. */
function underFormerNames(before: Properties, after: Properties): Properties {
  const [former, found] = [before, after].map(({ repositories }) =>
    Object.entries((repositories ?? {}) as Properties),
  );
  if (!found || after["repositories"] === undefined) return after;
  const names = new Map(former?.map(([name, id]) => [id, name]));
  const entries = found.map(([name, id]) => [names.get(id) ?? name, id] as const);
  return { ...after, repositories: Object.fromEntries(entries) };
}

/** Packages are compared by what GitHub shows of them. */
function fieldDrift(before: ResourceState, after: ResourceState): PropertyChange[] {
  const others = ({ inputs }: ResourceState) => ({ ...inputs, packages: undefined });
  return diffProperties(others(before), others(after), true);
}

/**
 * A first image is no drift; another link or visibility is. A package that the token may not see is not
 * judged.
 */
function packageDrift(before: ResourceState, after: ResourceState): PropertyChange[] {
  const isVerified = ({ outputs }: ResourceState) => outputs["verified"] !== false;
  if (![before, after].every(isVerified)) return [];
  const known = listIn(before.outputs, "packages").filter(({ exists }) => exists === true);
  return known.flatMap((old) => {
    const found = listIn(after.outputs, "packages").find(({ image }) => image === old.image);
    if (!found) return [];
    const changes = diffProperties(factsOf(old), factsOf(found), true);
    const { inputs } = before;
    // Most repositories have one package, of their own name.
    return old.image === inputs["image"]
      ? changes
      : changes.map((change) => ({ ...change, path: `${old.image}.${change.path}` }));
  });
}

function factsOf({ exists, linkedTo, visibility }: PublishedPackage) {
  return { exists, linkedTo, visibility };
}
