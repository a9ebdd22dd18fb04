import { blob, describe, MEDIA, type Blob } from "./build-image.ts";
import type { RegistryClient } from "./registry-client.ts";
import { StepFailure } from "../action/known-action.ts";

export interface Referrer {
  readonly artifactType: string;
  /** JSON. */
  readonly content: unknown;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Pushes a manifest whose `subject` is an image. If the registry does not support
 * subjects, it is added to the index under the tag `sha256-…`.
 * @throws StepFailure
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests-with-subject
 */
export async function attachReferrer(
  client: RegistryClient,
  subjectDigest: string,
  { artifactType, content, annotations }: Referrer,
): Promise<Blob> {
  const subject = await client.readManifest(subjectDigest);
  if (subject === undefined) throw new StepFailure(`manifest ${subjectDigest} was not found`);
  const layer = blob(artifactType, content);
  const config = blob(MEDIA.empty, {});
  const manifest = blob(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType,
    config: describe(config),
    layers: [describe(layer)],
    subject: {
      mediaType: subject.mediaType,
      digest: subjectDigest,
      size: subject.bytes.length,
    },
    annotations,
  });
  await client.pushBlob(layer.digest, layer.bytes);
  await client.pushBlob(config.digest, config.bytes);
  const { digest, mediaType, bytes } = manifest;
  const isTracked = await client.pushManifest(digest, mediaType, bytes);
  if (!isTracked) await addToIndex(client, subjectDigest, { ...describe(manifest), artifactType });
  return manifest;
}

async function addToIndex(
  client: RegistryClient,
  subjectDigest: string,
  descriptor: object,
): Promise<void> {
  const tag = subjectDigest.replace(":", "-");
  const existing = await client.readManifest(tag);
  const known = existing === undefined ? [] : manifestsOf(existing.bytes);
  const index = blob(MEDIA.index, {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [...known, descriptor],
  });
  await client.pushManifest(tag, index.mediaType, index.bytes);
}

function manifestsOf(bytes: Uint8Array): unknown[] {
  const index = JSON.parse(new TextDecoder().decode(bytes)) as { manifests?: unknown[] };
  return index.manifests ?? [];
}
