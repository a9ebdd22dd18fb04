import { OciError } from "../access/oci-error.ts";

/** An image: the package `name` in the namespace of `owner`; `path` is `owner/name`. */
export interface ImageName {
  owner: string;
  name: string;
  path: string;
}

type RegistryRoute =
  | { kind: "base" }
  | { kind: "blob"; image: ImageName; digest: string }
  | { kind: "uploads"; image: ImageName }
  | { kind: "upload"; image: ImageName; id: string }
  | { kind: "manifest"; image: ImageName; reference: string }
  | { kind: "tags"; image: ImageName }
  | { kind: "referrers"; image: ImageName; digest: string };

/**
 * Reads a path under `/v2/`. An image name may contain slashes, even `a/blobs/b`, so the ends of the
 * path decide. `undefined` for a path that is not in the specification.
 * @throws OciError NAME_INVALID for an invalid image name, such as one in upper case.
 */
export function parseRegistryPath(path: string): RegistryRoute | undefined {
  if (path === "/v2" || path === "/v2/") return { kind: "base" };
  const match =
    /^\/v2\/(?<image>.+)\/(?:(?<tags>tags\/list)|manifests\/(?<reference>[^/]+)|referrers\/(?<subject>[^/]+)|blobs\/uploads\/(?<upload>[^/]*)|blobs\/(?<blob>[^/]+))$/.exec(
      path,
    )?.groups;
  if (match === undefined) return undefined;
  const image = parseImageName(match["image"] ?? "");
  if (match["reference"] !== undefined)
    return { kind: "manifest", image, reference: match["reference"] };
  if (match["subject"] !== undefined) return { kind: "referrers", image, digest: match["subject"] };
  if (match["blob"] === "uploads") return { kind: "uploads", image };
  if (match["blob"] !== undefined) return { kind: "blob", image, digest: match["blob"] };
  if (match["upload"] === "") return { kind: "uploads", image };
  if (match["upload"] !== undefined) return { kind: "upload", image, id: match["upload"] };
  return { kind: "tags", image };
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** @throws OciError NAME_INVALID unless `path` is `owner/image`, all in lower case. */
export function parseImageName(path: string): ImageName {
  const slash = path.indexOf("/");
  if (slash < 1 || !NAME.test(path)) {
    throw new OciError(400, "NAME_INVALID", "invalid repository name", { name: path });
  }
  return { owner: path.slice(0, slash), name: path.slice(slash + 1), path };
}

export function isTag(reference: string): boolean {
  return TAG.test(reference);
}
