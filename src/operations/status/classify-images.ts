import { valid } from "semver";
import type { PackageVersion } from "../../github/packages/container-packages.ts";
import type { Image } from "./fleet-status.ts";

/** Finds out from their tags what published the images; keeps their order. */
export function classifyImages(versions: readonly PackageVersion[], branch: string): Image[] {
  return versions.map(({ digest, tags, pushedAt, url }) => ({
    kind: isReleased(tags) ? "release" : isBuilt(tags, branch) ? "ci" : "other",
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
  branch: string,
): Image | null {
  const isOne = ({ tags }: Image) => (kind === "ci" ? isBuilt(tags, branch) : isReleased(tags));
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
function isBuilt(tags: readonly string[], branch: string): boolean {
  const tagOfBranch = branch.replaceAll(/[^\w.-]+/g, "-");
  return tags.some((tag) => tag === tagOfBranch || /^sha-[0-9a-f]{7,40}$/.test(tag));
}
