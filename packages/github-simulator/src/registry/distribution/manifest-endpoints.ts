import type { Context } from "hono";
import type { Caller } from "../access/bearer.ts";
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
import { assertMayPublish, openForPull, type RegistryContext } from "./registry-context.ts";
import { isTag, type ImageName } from "./registry-route.ts";
import { findPackage, findVersion, type PackageVersion } from "../store/registry-store.ts";

/** GET, HEAD, PUT and (never) DELETE of a manifest by tag or digest. */
export async function serveManifest(
  c: Context,
  context: RegistryContext,
  caller: Caller,
  image: ImageName,
  reference: string,
): Promise<Response> {
  switch (c.req.method) {
    case "GET":
    case "HEAD":
      return pull(c, context, caller, image, reference);
    case "PUT":
      return push(c, context, caller, image, reference);
    default:
      throw unsupported();
  }
}

function pull(
  c: Context,
  context: RegistryContext,
  caller: Caller,
  image: ImageName,
  reference: string,
): Response {
  const subject = openForPull(context, caller, image);
  const version = subject && findVersion(subject, reference);
  const bytes = version && context.store.content.get(version.digest);
  if (version === undefined || bytes === undefined) throw manifestUnknown();
  assertAccepted(c.req.header("accept"), version.mediaType);
  if (c.req.method === "GET") recordPull(context, caller, image, reference, version);
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

function recordPull(
  { store, host }: RegistryContext,
  caller: Caller,
  image: ImageName,
  reference: string,
  version: PackageVersion,
): void {
  version.downloads += 1;
  store.log.push({
    action: "pull",
    image: image.path,
    reference,
    digest: version.digest,
    actor: caller?.login,
    credentialKind: caller?.kind,
    at: host.now().toISOString(),
  });
}

async function push(
  c: Context,
  context: RegistryContext,
  caller: Caller,
  image: ImageName,
  reference: string,
): Promise<Response> {
  assertMayPublish(context, caller, image);
  if (caller === undefined) throw notAuthenticated();
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const digest = digestToStore(reference, bytes);
  const mediaType = (c.req.header("content-type") ?? "").split(";")[0]?.trim() ?? "";
  const manifest = parseManifest(bytes, mediaType);
  assertComplete(context, image, manifest);
  context.store.content.set(digest, bytes);
  publishManifest(c, context, { caller, image, reference, digest, mediaType, manifest });
  // The header promises that the subject's referrers can be listed.
  const listed = context.dialect === "ghcr" ? undefined : manifest.subject;
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
function assertComplete(context: RegistryContext, image: ImageName, manifest: Manifest): void {
  const { blobs, manifests } = requiredDigests(manifest);
  const subject = findPackage(context.store, image.owner, image.name);
  const missing =
    blobs.find((digest) => readBlob(context, image, digest) === undefined) ??
    manifests.find((digest) => subject === undefined || !findVersion(subject, digest));
  if (missing === undefined) return;
  throw new OciError(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", missing);
}
