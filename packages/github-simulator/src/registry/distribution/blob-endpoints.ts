import type { ImageRequest } from "../registry-context.ts";
import { isDigest } from "./digest.ts";
import { OciError, unsupported } from "../access/oci-error.ts";
import { refusalToCreate } from "../access/package-access.ts";
import { openForPull } from "../registry-context.ts";

/** GET, HEAD and (never) DELETE of a blob. */
export function serveBlob(request: ImageRequest, digest: string): Response {
  const { c, world, caller, image } = request;
  if (c.req.method !== "GET" && c.req.method !== "HEAD") throw unsupported();
  if (!isDigest(digest)) throw new OciError(400, "DIGEST_INVALID", "invalid digest", digest);
  const subject = openForPull(request);
  // Until its first manifest arrives, a package's blobs are visible to those who may create it.
  const hidden = subject === undefined && refusalToCreate(world, caller, image.owner) !== undefined;
  const bytes = hidden ? undefined : readBlob(request, digest);
  if (bytes === undefined) {
    throw new OciError(404, "BLOB_UNKNOWN", "blob unknown to registry", digest);
  }
  return blobResponse(bytes, digest, c.req.header("range"));
}

/** A blob of this image; `undefined` if only other images have it. */
export function readBlob(
  { store, image }: Pick<ImageRequest, "store" | "image">,
  digest: string,
): Uint8Array | undefined {
  return store.blobs.get(image.path)?.has(digest) === true ? store.content.get(digest) : undefined;
}

export function addBlob({ store, image }: ImageRequest, digest: string): void {
  const blobs = store.blobs.get(image.path) ?? new Set();
  store.blobs.set(image.path, blobs.add(digest));
}

function blobResponse(bytes: Uint8Array, digest: string, range: string | undefined): Response {
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
    etag: `"${digest}"`,
  };
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (asked === null) return binary(bytes, 200, headers);
  const first = Number(asked[1]);
  const last = Math.min(asked[2] === "" ? Infinity : Number(asked[2]), bytes.length - 1);
  if (first > last) {
    const unsatisfied = { ...headers, "content-range": `bytes */${bytes.length}` };
    return binary(new Uint8Array(), 416, unsatisfied);
  }
  return binary(bytes.slice(first, last + 1), 206, {
    ...headers,
    "content-range": `bytes ${first}-${last}/${bytes.length}`,
  });
}

/** A response with its length, which HEAD requests must carry too. */
export function binary(
  bytes: Uint8Array,
  status: number,
  headers: Record<string, string>,
): Response {
  return new Response(new Uint8Array(bytes), {
    status,
    headers: { ...headers, "content-length": String(bytes.length) },
  });
}
