import { quotable } from "./quotable.ts";
import { ghcr } from "./resource-types.ts";
import type { Resource, ResourceRule, StackFinding, StackRule } from "./rule.ts";
import { eachKnown } from "./unknown-value.ts";

const asRefreshed = "ghcr:index:PackageAccess, as the last refresh or this update found it.";

/** An orphaned package denies the workflow's own token, and belongs to whoever pushed it. */
export const packageLinked: StackRule = {
  kind: "stack",
  id: "package-linked",
  level: "mandatory",
  severity: "high",
  description: "The package is linked to its repository.",
  remediation:
    "Connect the repository in the settings of the package, or declare another image name; then run with --refresh.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/connecting-a-repository-to-a-package",
  sees: `${asRefreshed} One that does not exist yet is linked by its first push.`,
  *judge(resources) {
    yield* eachExisting(resources, function* (resource) {
      const { owner, repository, linkedTo } = resource.props;
      const wanted = `${String(owner)}/${String(repository)}`;
      if (typeof linkedTo !== "string")
        yield { resource, must: "be linked to its repository, and is linked to none" };
      else if (linkedTo.toLowerCase() !== wanted.toLowerCase())
        yield { resource, must: `be linked to its repository${insteadOf(linkedTo)}` };
    });
  },
};

/** A public package cannot be made private again. */
export const packageVisibility: StackRule = {
  kind: "stack",
  id: "package-visibility",
  level: "mandatory",
  severity: "high",
  description: "The package is as visible as declared.",
  remediation:
    "Change the visibility in the settings of the package, or declare the present one; then run with --refresh.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility#configuring-visibility-of-packages-for-an-organization",
  sees: `${asRefreshed} Without a declared visibility nothing is judged.`,
  *judge(resources) {
    yield* eachExisting(resources, function* (resource) {
      const { visibility, actualVisibility } = resource.props;
      if (visibility === undefined || visibility === null || visibility === actualVisibility)
        return;
      yield { resource, must: "be as visible as declared" };
    });
  },
};

/** Logging in says nothing about pushing. */
export const packagePushable: ResourceRule = {
  kind: "resource",
  id: "package-pushable",
  level: "mandatory",
  severity: "high",
  description: "The publishing credential can push to the package.",
  remediation: "Give the token's owner the role Write in the settings of the package.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility#configuring-access-to-packages-for-an-organization",
  sees: "ghcr:index:PackageAccess, which starts an upload in preview and cancels it.",
  resourceTypes: [ghcr.package],
  *judge({ props }) {
    if (props["push"] !== "allowed") yield "let the publishing credential push";
  },
};

function eachExisting(
  resources: readonly Resource[],
  judge: (resource: Resource) => Iterable<StackFinding>,
): Iterable<StackFinding> {
  const packages = resources.filter(({ type }) => type === ghcr.package);
  return eachKnown(packages, function* (resource) {
    const { exists } = resource.props;
    if (exists === true) yield* judge(resource);
    else if (exists !== false)
      yield { resource, must: "be looked at: it is not known whether it exists" };
  });
}

function insteadOf(linkedTo: string): string {
  const named = quotable(linkedTo);
  return named ? `, and not to ${named}` : "";
}
