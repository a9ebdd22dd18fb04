import { safeToPrint } from "../workflow/safe-to-print.ts";
import { ghcr } from "../model/resource-types.ts";
import type { Properties, Resource, ResourceRule, StackFinding, StackRule } from "../model/rule.ts";
import { eachKnown } from "../model/unknown-value.ts";

const asRefreshed = "ghcr:index:RepositoryPublishing, as the last refresh or this update found it.";

/** A package without a repository refuses the workflow's own token. */
export const packageLinked: StackRule = {
  kind: "stack",
  id: "package-linked",
  level: "mandatory",
  severity: "high",
  description: "The package is linked to its repository.",
  remediation:
    "Connect the repository in the settings of the package, or publish under another image name (`image`; where a workflow is repaired, the name is in the workflow); then run with --refresh.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/connecting-a-repository-to-a-package",
  sees: `${asRefreshed} A package that does not exist yet is linked by its first push.`,
  *judge(resources) {
    yield* eachExisting(resources, function* ({ props, name }, resource) {
      const { owner, repository } = resource.props;
      const { linkedTo } = props;
      const wanted = `${String(owner)}/${String(repository)}`;
      const isLinked = typeof linkedTo === "string";
      if (isLinked && linkedTo.toLowerCase() === wanted.toLowerCase()) return;
      const instead = isLinked ? insteadOf(linkedTo) : ", and is linked to none";
      const where = of(name, pageOf(resource, props));
      yield { resource, must: `be linked to its repository${instead}${where}` };
    });
  },
};

/** A token of a GitHub App, or one without the scope, sees no packages, so they were not judged. */
export const packageVerified: StackRule = {
  kind: "stack",
  id: "package-verified",
  level: "advisory",
  severity: "medium",
  description: "The admin token can see the package.",
  remediation:
    "Use a classic admin token of an owner of the organisation, with the scope read:packages, or look at the package's link and visibility yourself.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages",
  sees: `${asRefreshed} The other rules skip a package that is not verified.`,
  *judge(resources) {
    yield* judgePackages(resources, function* ({ props, name }, resource) {
      const { verified } = resource.props;
      const { exists } = props;
      if (verified === false || exists === undefined)
        yield {
          resource,
          must: `be visible to the admin token: its link and visibility are not verified${of(name)}`,
        };
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
  sees: `${asRefreshed} Without a declared visibility it is not judged.`,
  *judge(resources) {
    yield* eachExisting(resources, function* ({ props, name }, resource) {
      const { visibility: wanted } = resource.props;
      if (wanted === undefined || wanted === null || wanted === props["visibility"]) return;
      yield { resource, must: `be as visible as declared${of(name, pageOf(resource, props))}` };
    });
  },
};

/** A successful login does not show that the credential may push. */
export const packagePushable: ResourceRule = {
  kind: "resource",
  id: "package-pushable",
  level: "mandatory",
  severity: "high",
  description: "The publishing credential can push to the package.",
  remediation: "Give the token's owner the role Write in the settings of the package.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility#configuring-access-to-packages-for-an-organization",
  sees: "ghcr:index:RepositoryPublishing, which starts an upload in preview and cancels it. Not where the job's own token publishes (credential: job-token).",
  resourceTypes: [ghcr.publishing],
  *judge(resource) {
    // Only a run has the job's own token.
    if (resource.props["jobToken"] === true) return;
    for (const { props, name } of eachPackage(resource)) {
      if (props["push"] !== "allowed") yield `let the publishing credential push${of(name)}`;
    }
  },
};

function eachExisting(resources: readonly Resource[], judge: Judge): Iterable<StackFinding> {
  return judgePackages(resources, function* (found, resource) {
    if (resource.props["verified"] === false) return;
    const { exists } = found.props;
    if (exists === true) yield* judge(found, resource);
    else if (exists !== false)
      yield {
        resource,
        must: `be checked by a person: it is not known whether it exists${of(found.name)}`,
      };
  });
}

type Judge = (found: Package, resource: Resource) => Iterable<StackFinding>;

function judgePackages(resources: readonly Resource[], judge: Judge): Iterable<StackFinding> {
  const accesses = resources.filter(({ type }) => type === ghcr.publishing);
  return eachKnown(accesses, function* (resource) {
    yield* eachKnown(eachPackage(resource), (found) => judge(found, resource));
  });
}

interface Package {
  /** What is known of it. */
  readonly props: Properties;
  /** "ghcr.io/acme/worker"; empty where the repository has one package. */
  readonly name: string;
}

/** The packages of a resource: none where only a run knows their names. */
function eachPackage({ props: { owner, packages } }: Pick<Resource, "props">): Package[] {
  const found = Array.isArray(packages) ? (packages as readonly Properties[]) : [];
  return found.map((props) => {
    const image = `ghcr.io/${String(owner).toLowerCase()}/${String(props["image"])}`;
    return { props, name: found.length > 1 ? (safeToPrint(image) ?? "") : "" };
  });
}

/** Which of several packages it is, and the page with its settings. */
function of(name: string, page = ""): string {
  const parts = [name, page].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The address of a package's settings, which its findings have: they know the host and the kind of owner. */
function pageOf({ props }: Resource, { image }: Properties): string {
  const findings = Array.isArray(props["findings"]) ? (props["findings"] as Properties[]) : [];
  const path = `/container/${encodeURIComponent(String(image))}/settings`;
  const page = findings.map(({ url }) => url).find((url) => String(url).endsWith(path));
  return typeof page === "string" && safeToPrint(decodeURIComponent(page)) ? page : "";
}

function insteadOf(linkedTo: string): string {
  const named = safeToPrint(linkedTo);
  return named ? `, and not to ${named}` : "";
}
