import type { Instruction } from "./dockerfile.ts";
import type { Layer } from "./build-layer.ts";
import { type Descriptor, digestOf } from "./registry-client.ts";

/** https://github.com/opencontainers/image-spec/blob/main/media-types.md */
export const MEDIA = {
  config: "application/vnd.oci.image.config.v1+json",
  empty: "application/vnd.oci.empty.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  inToto: "application/vnd.in-toto+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  manifest: "application/vnd.oci.image.manifest.v1+json",
} as const;

export interface Blob extends Descriptor {
  readonly bytes: Uint8Array;
}

export interface ImageRequest {
  readonly layer: Layer;
  /** e.g. `linux/amd64`, `linux/arm/v7` */
  readonly platforms: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** By level: `manifest`, `index`. */
  readonly annotations: Readonly<Record<"manifest" | "index", Readonly<Record<string, string>>>>;
  /** The last stage of the Dockerfile. */
  readonly stage: readonly Instruction[];
  /** Attestations for each platform's image, by predicate type. */
  readonly attestations: Readonly<Record<string, unknown>>;
}

export interface Image {
  /** Layers and configurations. */
  readonly blobs: readonly Blob[];
  /** Manifests that the root refers to. */
  readonly manifests: readonly Blob[];
  /** The target of the tags: an index, or the manifest of the only platform. */
  readonly root: Blob;
  /** Digest of the first platform's configuration. */
  readonly imageId: string;
}

/** A small, real OCI image, or an index of several, in buildx's format. */
export function buildImage(request: ImageRequest): Image {
  const layer: Blob = {
    mediaType: MEDIA.layer,
    digest: request.layer.digest,
    size: request.layer.bytes.length,
    bytes: request.layer.bytes,
  };
  const images = request.platforms.map((platform) => {
    const config = blob(MEDIA.config, imageConfig(request, platform));
    const manifest = blob(MEDIA.manifest, {
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      config: describe(config),
      layers: [describe(layer)],
      ...annotated(request.annotations.manifest),
    });
    return { platform, config, manifest };
  });
  const attested = images.flatMap(({ manifest }) => attest(manifest, request.attestations));
  const configs = images.map(({ config }) => config);
  const blobs = [layer, ...configs, ...attested.flatMap((each) => each.blobs)];
  const imageId = configs[0]?.digest ?? "";
  const [only] = images;
  if (images.length === 1 && only !== undefined && attested.length === 0) {
    return { blobs, manifests: [], root: only.manifest, imageId };
  }
  const manifests = [...images, ...attested].map(({ manifest }) => manifest);
  const root = blob(MEDIA.index, {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [
      ...images.map(({ manifest, platform }) => ({
        ...describe(manifest),
        platform: platformOf(platform),
      })),
      ...attested.map(({ entry }) => entry),
    ],
    ...annotated(request.annotations.index),
  });
  return { blobs, manifests, root, imageId };
}

export function describe({ mediaType, digest, size }: Blob): Descriptor {
  return { mediaType, digest, size };
}

export function blob(mediaType: string, content: unknown): Blob {
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

/**
 * The manifest that holds attestations for another one.
 * @see https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
function attest(
  subject: Blob,
  attestations: Readonly<Record<string, unknown>>,
): { blobs: Blob[]; manifest: Blob; entry: unknown }[] {
  const types = Object.entries(attestations);
  if (types.length === 0) return [];
  const layers = types.map(([predicateType, predicate]) => ({
    predicateType,
    blob: blob(MEDIA.inToto, {
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType,
      subject: [{ name: "_", digest: { sha256: subject.digest.slice("sha256:".length) } }],
      predicate,
    }),
  }));
  const config = blob(MEDIA.config, {
    architecture: "unknown",
    os: "unknown",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.blob.digest) },
  });
  const manifest = blob(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: describe(config),
    layers: layers.map((layer) => ({
      ...describe(layer.blob),
      annotations: { "in-toto.io/predicate-type": layer.predicateType },
    })),
  });
  const entry = {
    ...describe(manifest),
    annotations: {
      "vnd.docker.reference.digest": subject.digest,
      "vnd.docker.reference.type": "attestation-manifest",
    },
    platform: { architecture: "unknown", os: "unknown" },
  };
  return [{ blobs: [config, ...layers.map((layer) => layer.blob)], manifest, entry }];
}

function imageConfig({ layer, labels, stage }: ImageRequest, platform: string): unknown {
  const last = (name: string): string | undefined =>
    stage.findLast((instruction) => instruction.name === name)?.value;
  const command = (name: string): string[] | undefined => {
    const value = last(name);
    if (value === undefined) return undefined;
    return value.startsWith("[") ? (JSON.parse(value) as string[]) : ["/bin/sh", "-c", value];
  };
  const { architecture, os, variant } = platformOf(platform);
  const created = new Date(0).toISOString();
  return {
    architecture,
    variant,
    os,
    created,
    config: {
      Entrypoint: command("ENTRYPOINT"),
      Cmd: command("CMD"),
      User: last("USER"),
      WorkingDir: last("WORKDIR"),
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
    history: [
      { created, created_by: "COPY . / # simulated build", comment: "buildkit.dockerfile.v0" },
    ],
  };
}

/** Without a variant, JSON has none. */
function platformOf(platform: string) {
  const [os = "linux", architecture = "amd64", variant] = platform.split("/");
  return { os, architecture, variant };
}

function annotated(annotations: Readonly<Record<string, string>>): object {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
