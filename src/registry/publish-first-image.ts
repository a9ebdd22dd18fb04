import { createHash } from "node:crypto";
import {
  openSession,
  refuseUnlessOk,
  type RegistryClientOptions,
  type RegistrySession,
} from "./registry-client.ts";

/** The tag of the image that creates a package. */
const firstTag = "ghcr-fleet-first-publish";

const sourceLabel = "org.opencontainers.image.source";

/**
 * Publishes a tiny image with the source label, so that the package is created with a link to its
 * repository and inherits its access. GitHub has no other API to link a package.
 *
 * @param image `<owner>/<image>`, lower case
 * @param source `https://github.com/<owner>/<repository>`
 * @returns the manifest's digest
 * @throws {RegistryRefusal} the credential may not push
 * @see https://docs.github.com/en/packages/learn-github-packages/connecting-a-repository-to-a-package
 */
export async function publishFirstImage(
  options: RegistryClientOptions,
  image: string,
  source: string,
): Promise<string> {
  const send = await openSession(options, image, "pull,push");
  const layer = await pushBlob(send, image, emptyTar);
  const config = await pushBlob(send, image, imageConfig(source, digestOf(emptyTar)));
  const manifest = bytesOf({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
    annotations: { [sourceLabel]: source },
  });
  const answer = await send({
    method: "PUT",
    path: `/v2/${image}/manifests/${firstTag}`,
    headers: { "content-type": manifestType },
    body: manifest,
  });
  await refuseUnlessOk(answer);
  return digestOf(manifest);
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** An archive without files: two blocks of zeros. */
const emptyTar = new Uint8Array(1024);

function imageConfig(source: string, layerDigest: string): Uint8Array<ArrayBuffer> {
  return bytesOf({
    architecture: "amd64",
    os: "linux",
    config: { Labels: { [sourceLabel]: source } },
    rootfs: { type: "layers", diff_ids: [layerDigest] },
  });
}

async function pushBlob(
  send: RegistrySession,
  image: string,
  blob: Uint8Array<ArrayBuffer>,
): Promise<{ digest: string; size: number }> {
  const digest = digestOf(blob);
  const started = await send({ method: "POST", path: `/v2/${image}/blobs/uploads/` });
  await refuseUnlessOk(started);
  const location = started.headers.get("location") ?? "";
  const joint = location.includes("?") ? "&" : "?";
  const stored = await send({
    method: "PUT",
    path: `${location}${joint}digest=${encodeURIComponent(digest)}`,
    headers: { "content-type": "application/octet-stream" },
    body: blob,
  });
  await refuseUnlessOk(stored);
  return { digest, size: blob.length };
}

function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(JSON.stringify(value), "utf8"));
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
