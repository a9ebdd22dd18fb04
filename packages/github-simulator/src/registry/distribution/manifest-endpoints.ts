import { timeOf } from "../registry-context.ts";
import type { ImageRequest } from "../registry-context.ts";
import { binary, readBlob } from "./blob-endpoints.ts";
import { assertDigest, digestOf, isDigest } from "./digest.ts";
import {
  OCI_INDEX,
  OCI_MANIFEST,
  parseManifest,
  requiredDigests,
  type Manifest,
} from "./manifest.ts";
import { notAuthenticated, OciError, unsupported } from "../access/oci-error.ts";
import { publishManifest } from "./publish-manifest.ts";
import { assertMayPublish, openForPull } from "../registry-context.ts";
import { isTag } from "./registry-route.ts";
import {
  findPackage,
  findVersion,
  type PackageVersion,
  credentialKinds,
} from "../store/registry-store.ts";

/** GET, HEAD, PUT and (never) DELETE of a manifest by tag or digest. */
export async function serveManifest(request: ImageRequest, reference: string): Promise<Response> {
  switch (request.c.req.method) {
    case "GET":
    case "HEAD":
      return pull(request, reference);
    case "PUT":
      return push(request, reference);
    default:
      throw unsupported();
  }
}

function pull(request: ImageRequest, reference: string): Response {
  const { c, store } = request;
  const subject = openForPull(request);
  const version = subject && findVersion(subject, reference);
  const bytes = version && store.content.get(version.digest);
  if (version === undefined || bytes === undefined) throw manifestUnknown();
  assertAccepted(c.req.header("accept"), version.mediaType);
  if (c.req.method === "GET") recordPull(request, reference, version);
  return binary(bytes, 200, {
    "content-type": version.mediaType,
    "docker-content-digest": version.digest,
    etag: `"${version.digest}"`,
  });
}

function manifestUnknown(message = "manifest unknown"): OciError {
  return new OciError(404, "MANIFEST_UNKNOWN", message);
}

/**
 * GHCR serves OCI formats only to clients that name them in Accept
 * (https://github.com/Mic92/niks3/issues/229 has the message).
 */
function assertAccepted(accept: string | undefined, mediaType: string): void {
  if (accept?.includes(mediaType)) return;
  if (mediaType === OCI_INDEX) {
    throw manifestUnknown("OCI index found, but Accept header does not support OCI indexes");
  }
  if (mediaType === OCI_MANIFEST) {
    throw manifestUnknown("OCI manifest found, but Accept header does not support OCI manifests");
  }
}

function recordPull(request: ImageRequest, reference: string, version: PackageVersion): void {
  const { store, caller, image } = request;
  version.downloads += 1;
  store.log.push({
    action: "pull",
    image: image.path,
    reference,
    digest: version.digest,
    actor: caller?.login,
    credentialKind: caller && credentialKinds[caller.kind],
    at: timeOf(request),
  });
}

async function push(request: ImageRequest, reference: string): Promise<Response> {
  const { c, store, dialect, caller, image } = request;
  assertMayPublish(request);
  if (caller === undefined) throw notAuthenticated();
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const digest = digestToStore(reference, bytes);
  const mediaType = (c.req.header("content-type") ?? "").split(";")[0]?.trim() ?? "";
  const manifest = parseManifest(bytes, mediaType);
  assertComplete(request, manifest);
  store.content.set(digest, bytes);
  publishManifest({ ...request, caller, reference, digest, mediaType, manifest });
  // The header promises that the subject's referrers can be listed.
  const listed = dialect === "ghcr" ? undefined : manifest.subject;
  return c.body(null, 201, {
    location: `/v2/${image.path}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(listed && { "oci-subject": listed.digest }),
  });
}

function digestToStore(reference: string, bytes: Uint8Array): string {
  if (isTag(reference)) return digestOf(bytes);
  if (!isDigest(reference)) {
    throw new OciError(400, "MANIFEST_INVALID", "manifest invalid", `no tag: ${reference}`);
  }
  assertDigest(reference, bytes);
  return reference;
}

/** @throws OciError MANIFEST_BLOB_UNKNOWN if the manifest names something that was not pushed before. */
function assertComplete(request: ImageRequest, manifest: Manifest): void {
  const { store, image } = request;
  const { blobs, manifests } = requiredDigests(manifest);
  const subject = findPackage(store, image.owner, image.name);
  const missing =
    blobs.find((digest) => readBlob(request, digest) === undefined) ??
    manifests.find((digest) => subject === undefined || !findVersion(subject, digest));
  if (missing === undefined) return;
  throw new OciError(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", missing);
}
