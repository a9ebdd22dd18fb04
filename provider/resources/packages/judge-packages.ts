import { RequestError } from "@octokit/request-error";
import type { OwnerKind } from "../../../src/account.ts";
import type { GitHubHost } from "../../../src/github-host.ts";
import { explainFailure } from "../../../src/github/client/explain-failure.ts";
import type {
  PackageFinding,
  PublishedPackage,
  repositoryPublishingProperties,
} from "../../../src/properties/repository-publishing.ts";
import type { StateOf } from "../../../src/properties/resource-properties.ts";
import {
  judgeHidden,
  judgeNames,
  judgePackage,
  type PackageFacts,
} from "../../../src/registry/judge-package.ts";
import { pick, unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { Packages } from "./packages.ts";

type State = StateOf<typeof repositoryPublishingProperties>;

/** The registry's answer to a push that it would take. */
export const allowed = "allowed";

/** Where the job's own token pushes, which only a run has. */
export const notTried = "not tried";

/** A package, and the registry's answer to a push; unknown in a preview without the PAT. */
export interface TriedPush {
  readonly image: string;
  readonly push: string | typeof unknownValue;
  /** Whether the last refresh found another package than before. */
  readonly doubted?: boolean;
}

/** What `check` leaves to be verified. */
export type PackageInputs = Pick<
  State,
  | "owner"
  | "repository"
  | "visibility"
  | "bootstrap"
  | "jobToken"
  | "username"
  | "unnamed"
  | "foreign"
  | "unlabelled"
> & {
  /** Absent in states of earlier versions. */
  readonly packages?: readonly TriedPush[];
  readonly host: GitHubHost;
  readonly ownerKind: OwnerKind;
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
};

export function packageOf(state: Properties, image: string): PublishedPackage | undefined {
  const known = (state["packages"] ?? []) as unknown as readonly PublishedPackage[];
  return known.find((each) => each.image === image);
}

/** `hidden`: the admin token may not see the package. */
export type Facts = PackageFacts | "hidden" | undefined;

export async function readFacts(
  packages: Packages,
  { owner }: PackageInputs,
  image: string,
): Promise<Facts> {
  try {
    const found = await packages.get(image);
    return found ?? ((await packages.showsAll()) ? undefined : "hidden");
  } catch (error) {
    if (error instanceof RequestError && error.status === 403) return "hidden";
    throw explainFailure(error, `read the package ${owner}/${image}`);
  }
}

/**
 * What is known of the packages, with a warning for each new finding that needs a person. A token that
 * may not see the packages does not change the state: it may be one that only previews.
 */
export function judgePackages(
  inputs: PackageInputs,
  found: ReadonlyMap<string, Facts>,
  state: Properties,
  context: ResourceContext,
  preview: boolean,
): Properties {
  const { packages: pushes = [] } = inputs;
  const isHidden = pushes.some(({ image }) => found.get(image) === "hidden");
  const wasVerified = state["verified"] !== false;
  const wereSeen =
    wasVerified && pushes.every(({ image }) => packageOf(state, image)?.exists !== undefined);
  if (isHidden && wereSeen) {
    const packages = pushes.map(({ image, push }): Properties => ({
      ...packageOf(state, image),
      image,
      push,
    }));
    return { ...pick(state, ["verified", "findings"]), packages };
  }
  const findings = [
    ...pushes.flatMap((each) => judge(inputs, each, found.get(each.image), state)),
    ...judgeNames(inputs),
  ].filter((finding) => finding.state !== "ok");
  const shown = JSON.stringify(state["findings"] ?? []);
  for (const { state: kind, text, url } of findings) {
    const isNew = !shown.includes(JSON.stringify(text));
    if (kind !== "pending" && isNew) context.warn(url ? `${text}: ${url}` : text);
  }
  const isOpen = isHidden && preview;
  return {
    packages: pushes.map(({ image, push }) => ({
      image,
      push,
      ...factsOf(found.get(image), packageOf(state, image), isOpen),
    })),
    verified: isOpen ? unknownValue : !isHidden,
    findings: findings.map((finding) => ({ ...finding })),
  };
}

/** @param isOpen whether a token that may see it could say more */
function factsOf(facts: Facts, before: PublishedPackage | undefined, isOpen: boolean): Properties {
  if (facts === "hidden") {
    const existed = before?.existed === true;
    return isOpen
      ? { exists: unknownValue, existed, linkedTo: unknownValue, visibility: unknownValue }
      : { existed };
  }
  const { repository: linkedTo, visibility } = facts ?? {};
  const knownLink = before?.knownLink ?? before?.linkedTo;
  return {
    exists: facts !== undefined,
    existed: before?.existed === true || facts !== undefined,
    linkedTo,
    ...(knownLink !== undefined && knownLink !== linkedTo && { knownLink }),
    visibility,
  };
}

function judge(
  inputs: PackageInputs,
  { image, push }: TriedPush,
  facts: Facts,
  state: Properties,
): PackageFinding[] {
  const { username: publisher = "the publisher" } = inputs;
  if (facts === "hidden") return [judgeHidden({ ...inputs, image })];
  const isRefused = push !== allowed && push !== notTried && push !== unknownValue;
  const refusal = isRefused ? push : undefined;
  const { jobToken = false, bootstrap = false, unlabelled = false } = inputs;
  const isLinked = jobToken || bootstrap || !unlabelled;
  const declared = { visibility: undefined, ...inputs, image, publisher, jobToken, isLinked };
  return judgePackage(declared, facts, packageOf(state, image)?.existed === true, refusal);
}
