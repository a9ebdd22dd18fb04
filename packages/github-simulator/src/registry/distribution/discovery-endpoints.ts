import type { ImageRequest } from "../registry-context.ts";
import { isDigest } from "./digest.ts";
import { OCI_INDEX, parseManifest } from "./manifest.ts";
import { OciError, unsupported } from "../access/oci-error.ts";
import { openForPull, type RegistryContext } from "../registry-context.ts";
import type { Package, PackageVersion } from "../store/registry-store.ts";

/**
 * The tags of an image in lexical order, `n` at a time after `last`
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags).
 */
export function listTags(request: ImageRequest): Response {
  const { c, dialect, image } = request;
  if (c.req.method !== "GET" && c.req.method !== "HEAD") throw unsupported();
  const subject = openForPull(request);
  if (subject === undefined) {
    throw new OciError(404, "NAME_UNKNOWN", "repository name not known to registry", {
      name: image.path,
    });
  }
  const last = c.req.query("last") ?? "";
  const limit = pageSize(c.req.query("n")) ?? (dialect === "ghcr" ? 100 : Infinity);
  const rest = [...subject.tags.keys()].filter((tag) => tag > last).sort();
  const tags = rest.slice(0, limit);
  if (tags.length > 0 && tags.length < rest.length) {
    const next = new URLSearchParams({ n: String(limit), last: tags.at(-1) ?? "" });
    c.header("link", `</v2/${image.path}/tags/list?${next.toString()}>; rel="next"`);
  }
  return c.json({ name: image.path, tags });
}

function pageSize(n: string | undefined): number | undefined {
  if (n === undefined) return undefined;
  const size = Number(n);
  if (!Number.isInteger(size) || size < 0) {
    throw new OciError(400, "UNSUPPORTED", "invalid number of results requested", { n });
  }
  return size;
}

/**
 * Manifests whose `subject` is this digest, as an index
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers).
 */
export function listReferrers(request: ImageRequest, digest: string): Response {
  const { c } = request;
  if (c.req.method !== "GET" && c.req.method !== "HEAD") throw unsupported();
  if (!isDigest(digest)) throw new OciError(400, "DIGEST_INVALID", "invalid digest", digest);
  const subject = openForPull(request);
  const artifactType = c.req.query("artifactType");
  const manifests = (subject === undefined ? [] : referrersOf(request, subject, digest)).filter(
    (referrer) => artifactType === undefined || referrer.artifactType === artifactType,
  );
  if (artifactType !== undefined) c.header("oci-filters-applied", "artifactType");
  c.header("content-type", OCI_INDEX);
  return c.body(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
}

function referrersOf({ store }: RegistryContext, subject: Package, digest: string) {
  return subject.versions.flatMap((version) => {
    const bytes = store.content.get(version.digest);
    if (version.deletedAt !== undefined || bytes === undefined) return [];
    const manifest = parseManifest(bytes, version.mediaType);
    if (manifest.subject?.digest !== digest) return [];
    return [describeReferrer(version, bytes, manifest)];
  });
}

function describeReferrer(
  version: PackageVersion,
  bytes: Uint8Array,
  manifest: ReturnType<typeof parseManifest>,
) {
  const fallback = manifest.kind === "image" ? manifest.config.mediaType : undefined;
  return {
    mediaType: version.mediaType,
    digest: version.digest,
    size: bytes.length,
    artifactType: manifest.artifactType ?? fallback,
    annotations: manifest.annotations,
  };
}
