import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { Caller } from "../access/bearer.ts";
import { addBlob, readBlob } from "./blob-endpoints.ts";
import { assertDigest, isDigest } from "./digest.ts";
import { OciError, unsupported } from "../access/oci-error.ts";
import { refusalToPull } from "../access/package-access.ts";
import { assertMayPublish, type RegistryContext } from "./registry-context.ts";
import { parseImageName, type ImageName } from "./registry-route.ts";
import { findPackage, type Upload } from "../store/registry-store.ts";

/**
 * POST starts an upload, takes a whole blob (`?digest=`) or mounts one from another image
 * (`?mount=&from=`): https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export async function startUpload(
  c: Context,
  context: RegistryContext,
  caller: Caller,
  image: ImageName,
): Promise<Response> {
  if (c.req.method !== "POST") throw unsupported();
  assertMayPublish(context, caller, image);
  const { digest, mount, from } = c.req.query();
  if (mount !== undefined && from !== undefined && mayMount(context, caller, from, mount)) {
    addBlob(context, image, mount);
    return created(c, image, mount);
  }
  if (digest !== undefined) return finish(c, context, image, await readBody(c), digest);
  const id = randomUUID();
  const upload = { image: image.path, bytes: new Uint8Array() };
  context.store.uploads.set(id, upload);
  return progress(c, id, upload, 202);
}

/** PATCH adds a chunk, PUT completes the upload, GET returns its progress, DELETE cancels it. */
export async function continueUpload(
  c: Context,
  context: RegistryContext,
  caller: Caller,
  image: ImageName,
  id: string,
): Promise<Response> {
  assertMayPublish(context, caller, image);
  const upload = context.store.uploads.get(id);
  if (upload === undefined || upload.image !== image.path) {
    throw new OciError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  }
  switch (c.req.method) {
    case "GET":
    case "HEAD":
      return progress(c, id, upload, 204);
    case "PATCH":
      if (context.dialect === "ghcr") await assertSmallChunk(c);
      return (await append(c, upload)) ? progress(c, id, upload, 202) : outOfOrder(c, id, upload);
    case "PUT": {
      if (!(await append(c, upload))) return outOfOrder(c, id, upload);
      const response = finish(c, context, image, upload.bytes, c.req.query("digest") ?? "");
      context.store.uploads.delete(id);
      return response;
    }
    case "DELETE":
      if (context.dialect === "ghcr") throw unsupported();
      context.store.uploads.delete(id);
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

function mayMount(context: RegistryContext, caller: Caller, from: string, digest: string): boolean {
  const source = parseImageName(from);
  const subject = findPackage(context.store, source.owner, source.name);
  if (subject === undefined || refusalToPull(caller, subject, context.host)) return false;
  return isDigest(digest) && readBlob(context, source, digest) !== undefined;
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

function finish(
  c: Context,
  context: RegistryContext,
  image: ImageName,
  bytes: Uint8Array,
  digest: string,
): Response {
  assertDigest(digest, bytes);
  context.store.content.set(digest, bytes);
  addBlob(context, image, digest);
  return created(c, image, digest);
}

function created(c: Context, image: ImageName, digest: string): Response {
  return c.body(null, 201, {
    location: `/v2/${image.path}/blobs/${digest}`,
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
