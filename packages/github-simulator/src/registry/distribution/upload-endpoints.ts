import type { ImageRequest } from "../registry-context.ts";
import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { addBlob, readBlob } from "./blob-endpoints.ts";
import { assertDigest, isDigest } from "./digest.ts";
import { OciError, unsupported } from "../access/oci-error.ts";
import { refusalToPull } from "../access/package-access.ts";
import { assertMayPublish } from "../registry-context.ts";
import { findPackage, type Upload } from "../store/registry-store.ts";

/**
 * POST starts an upload, takes a whole blob (`?digest=`) or mounts one from another image
 * (`?mount=&from=`): https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export async function startUpload(request: ImageRequest): Promise<Response> {
  const { c, store, image } = request;
  if (c.req.method !== "POST") throw unsupported();
  assertMayPublish(request);
  const { digest, mount, from } = c.req.query();
  if (mount !== undefined && from !== undefined && mayMount(request, from, mount)) {
    return created(request, mount);
  }
  if (digest !== undefined) return finish(request, await readBody(c), digest);
  const id = randomUUID();
  const upload = { image: image.path, bytes: new Uint8Array() };
  store.uploads.set(id, upload);
  return progress(c, id, upload, 202);
}

/** PATCH adds a chunk, PUT completes the upload, GET returns its progress, DELETE cancels it. */
export async function continueUpload(request: ImageRequest, id: string): Promise<Response> {
  const { c, store, dialect, image } = request;
  assertMayPublish(request);
  const upload = store.uploads.get(id);
  if (upload === undefined || upload.image !== image.path) {
    throw new OciError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  }
  switch (c.req.method) {
    case "GET":
    case "HEAD":
      return progress(c, id, upload, 204);
    case "PATCH":
      if (dialect === "ghcr") await assertSmallChunk(c);
      return (await append(c, upload)) ? progress(c, id, upload, 202) : outOfOrder(c, id, upload);
    case "PUT": {
      if (!(await append(c, upload))) return outOfOrder(c, id, upload);
      const response = finish(request, upload.bytes, c.req.query("digest") ?? "");
      store.uploads.delete(id);
      return response;
    }
    case "DELETE":
      if (dialect === "ghcr") throw unsupported();
      store.uploads.delete(id);
      return c.body(null, 204);
    default:
      throw unsupported();
  }
}

/** A streamed blob, which names no range, may be of any size. @throws OciError */
async function assertSmallChunk(c: Context): Promise<void> {
  const chunk = c.req.header("content-range") === undefined ? undefined : await readBody(c);
  if (chunk === undefined || chunk.length <= 4 * 1024 * 1024) return;
  throw new OciError(
    416,
    "REQUESTED_RANGE_NOT_SATISFIABLE",
    "the request body is too large and exceeds the maximum permissible limit of 4.00MiB",
  );
}

function mayMount(request: ImageRequest, from: string, digest: string): boolean {
  const { world, store, caller } = request;
  const [owner = "", ...rest] = from.split("/");
  const image = { owner, name: rest.join("/"), path: from };
  const subject = findPackage(store, image.owner, image.name);
  if (subject === undefined || refusalToPull(world, caller, subject)) return false;
  return isDigest(digest) && readBlob({ store, image }, digest) !== undefined;
}

/** Adds the request's body; `false` if its `Content-Range` does not continue the upload. */
async function append(c: Context, upload: Upload): Promise<boolean> {
  const chunk = await readBody(c);
  const range = /^(\d+)-(\d+)$/.exec(c.req.header("content-range") ?? "");
  if (range !== null) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    if (first !== upload.bytes.length || last - first + 1 !== chunk.length) return false;
  }
  upload.bytes = Buffer.concat([upload.bytes, chunk]);
  return true;
}

async function readBody(c: Context): Promise<Uint8Array> {
  return new Uint8Array(await c.req.arrayBuffer());
}

function finish(request: ImageRequest, bytes: Uint8Array, digest: string): Response {
  assertDigest(digest, bytes);
  request.store.content.set(digest, bytes);
  return created(request, digest);
}

function created(request: ImageRequest, digest: string): Response {
  addBlob(request, digest);
  return request.c.body(null, 201, {
    location: `/v2/${request.image.path}/blobs/${digest}`,
    "docker-content-digest": digest,
  });
}

function progress(c: Context, id: string, upload: Upload, status: 202 | 204 | 416): Response {
  return c.body(null, status, {
    location: `/v2/${upload.image}/blobs/uploads/${id}`,
    // "0-0" also means nothing yet, as in docker's registry.
    range: `0-${Math.max(upload.bytes.length - 1, 0)}`,
    "docker-upload-uuid": id,
  });
}

/** A chunk out of order; the answer contains the offset for the next one. */
function outOfOrder(c: Context, id: string, upload: Upload): Response {
  return progress(c, id, upload, 416);
}
