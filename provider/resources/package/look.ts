import { RequestError } from "@octokit/request-error";
import { explainFailure } from "../../../src/github/client/explain-failure.ts";
import type {
  PackageFinding,
  packageAccessProperties,
} from "../../../src/properties/package-access.ts";
import type { StateOf } from "../../../src/properties/resource-properties.ts";
import {
  judgeNames,
  judgePackage,
  type PackageFacts,
} from "../../../src/registry/judge-package.ts";
import { omit, unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { Packages } from "./packages.ts";

type State = StateOf<typeof packageAccessProperties>;

/** The result of `check`: the credential's hash and the registry's answer to a push of each package. */
export type PackageInputs = Pick<
  State,
  "owner" | "repository" | "image" | "visibility" | "bootstrap" | "images" | "unnamed" | "foreign"
> & {
  /** Unknown, like `push`, in a preview without the credential. */
  username: string | typeof unknownValue;
  credentialHash: string;
  /** `allowed`, or the registry's refusal. */
  push: string | typeof unknownValue;
  others?: { image: string; push: string | typeof unknownValue }[];
};

/** The registry's answer to a push that it would take. */
export const allowed = "allowed";

/** `hidden`: the admin token may not see the package. */
export type Facts = PackageFacts | "hidden" | undefined;

export async function readFacts(
  packages: Packages,
  { owner }: PackageInputs,
  image: string,
): Promise<Facts> {
  try {
    return await packages.get(image);
  } catch (error) {
    if (error instanceof RequestError && error.status === 403) return "hidden";
    throw explainFailure(error, `read the package ${owner}/${image}`);
  }
}

/** What is verified: none where only the run knows the names. States of earlier versions have one. */
export function imagesOf(inputs: Properties | PackageInputs): readonly string[] {
  const { image, images } = inputs as Partial<PackageInputs>;
  return images ?? (image === undefined ? [] : [image]);
}

/** What inputs or a state say about one package. */
interface Part {
  readonly push?: string | typeof unknownValue;
  readonly exists?: boolean | null | undefined;
  readonly existed?: boolean;
}

function partOf(properties: Properties | PackageInputs, image: string): Part | undefined {
  const known = properties as Part & { readonly others?: readonly (Part & { image: string })[] };
  if (imagesOf(properties)[0] === image) return known;
  return known.others?.find((each) => each.image === image);
}

export function pushOf(
  properties: Properties | PackageInputs,
  image: string,
): Part["push"] | undefined {
  return partOf(properties, image)?.push;
}

/** States without `verified` were written by a version that failed for packages that it could not see. */
export function wasSeen(
  state: Properties,
  image: string,
): { readonly seen: boolean; readonly existed: boolean } {
  const part = partOf(state, image);
  const seen = part?.exists != null && state["verified"] !== false;
  return { seen, existed: part?.existed === true };
}

/**
 * The next state, with a warning for each new finding that needs a person. A token that may not see the
 * packages does not change the state: it may be one that only previews.
 */
export function lookAt(
  inputs: PackageInputs,
  found: ReadonlyMap<string, Facts>,
  state: Properties,
  context: ResourceContext,
  preview: boolean,
): Properties {
  const images = imagesOf(inputs);
  const isHidden = images.some((image) => found.get(image) === "hidden");
  const wereSeen = images.every((image) => wasSeen(state, image).seen);
  if (isHidden && wereSeen) {
    return { ...state, ...(inputs as Properties), ...keptOthers(inputs, state) };
  }
  const { findings: known = [] } = state;
  const findings = [
    ...images.flatMap((image) =>
      judge(inputs, image, found.get(image), wasSeen(state, image).existed),
    ),
    ...judgeNames(inputs),
  ];
  const shown = JSON.stringify(known);
  for (const { state: kind, text, url } of findings) {
    const asks = kind !== "ok" && kind !== "pending";
    if (asks && !shown.includes(JSON.stringify(text))) context.warn(url ? `${text}: ${url}` : text);
  }
  const [first, ...others] = images.map((image): Properties => ({
    image,
    push: pushOf(inputs, image) ?? allowed,
    ...factsOf(found.get(image), wasSeen(state, image).existed, isHidden && preview),
  }));
  const facts = first ? omit(first, "image", "push") : { existed: false };
  return {
    ...(inputs as Properties),
    verified: isHidden && preview ? unknownValue : !isHidden,
    ...facts,
    ...(others.length > 0 && { others }),
    findings: findings.map((finding) => ({ ...finding })),
  };
}

/** @param isOpen whether a token that may see it could say more */
function factsOf(facts: Facts, before: boolean, isOpen: boolean): Properties {
  const seen = facts === "hidden" ? undefined : facts;
  const existed = before || seen !== undefined;
  if (facts === "hidden" && isOpen) {
    return {
      exists: unknownValue,
      existed,
      linkedTo: unknownValue,
      actualVisibility: unknownValue,
    };
  }
  return {
    exists: facts === "hidden" ? undefined : facts !== undefined,
    existed,
    linkedTo: seen?.repository,
    actualVisibility: seen?.visibility,
  };
}

/** The others with what the state knows of each, and the registry's last answer. */
function keptOthers(inputs: PackageInputs, state: Properties): Properties {
  if (!inputs.others) return {};
  const others = inputs.others.map((each) => ({ ...partOf(state, each.image), ...each }));
  return { others };
}

function judge(
  inputs: PackageInputs,
  image: string,
  facts: Facts,
  before: boolean,
): PackageFinding[] {
  const { owner, username } = inputs;
  if (facts === "hidden") {
    const text = `ghcr.io/${owner.toLowerCase()}/${image} cannot be verified: use an admin token of an owner of ${owner}, with the scope read:packages`;
    return [{ subject: "exists", state: "manual", text }];
  }
  const push = pushOf(inputs, image);
  const refusal = push === allowed || push === unknownValue ? undefined : push;
  const publisher = username === unknownValue ? "the publisher" : username;
  const wishes = { visibility: undefined, ...inputs, image, publisher };
  return judgePackage(wishes, facts, before, refusal);
}
