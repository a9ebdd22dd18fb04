import valid from "semver/functions/valid.js";
import type { PackageVersion } from "../../github/packages/container-packages.ts";
import type { Image, RepositoryStatus } from "./fleet-status.ts";

/** The branch whose pushes publish, and how the repository publishes. */
interface Pushes {
  readonly branch: string;
  readonly mode: RepositoryStatus["workflows"];
}

/** Distinguishes images of CI and of releases by their tags; keeps the order. */
export function classifyImages(versions: readonly PackageVersion[], pushes: Pushes): Image[] {
  return versions.map(({ digest, tags, pushedAt, url }) => ({
    kind: isReleased(tags) ? "release" : isBuilt(tags, pushes) ? "ci" : "other",
    tags: [...tags],
    digest,
    pushedAt,
    url: url ?? null,
  }));
}

/** The newest image of CI or of a release; both have the same digest where the content is equal. */
export function newestOf(
  kind: "ci" | "release",
  images: readonly Image[],
  pushes: Pushes,
): Image | null {
  const isOne = ({ tags }: Image) => (kind === "ci" ? isBuilt(tags, pushes) : isReleased(tags));
  return images.find(isOne) ?? null;
}

/** `type=semver` of release.yml: 1.4.0, and 1.4 and latest for the newest. */
function isReleased(tags: readonly string[]): boolean {
  return tags.some((tag) => valid(tag) !== null);
}

/**
 * `type=ref,event=branch` and `type=sha` of ci.yml. Characters that a tag cannot contain become hyphens.
 * https://github.com/docker/metadata-action#typeref
 */
function isBuilt(tags: readonly string[], { branch, mode }: Pushes): boolean {
  const tagOfBranch = branch.replaceAll(/[^\w.-]+/g, "-");
  const isTemplates = (tag: string) => tag === tagOfBranch || /^sha-[0-9a-f]{7,40}$/.test(tag);
  return tags.some((tag) => isTemplates(tag) || (mode !== "template" && !notOfPush.test(tag)));
}

/** In workflows written by hand, a push may set any other tag: "latest", "edge". */
const notOfPush = /^(?:pr-|sha256-|ghcr-fleet-|v?\d)/;
