import { z } from "zod";
import { OciError } from "../access/oci-error.ts";

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.string(),
  size: z.number(),
  urls: z.array(z.string()).optional(),
});

const shared = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  subject: descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
};

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md */
const imageManifest = z.looseObject({
  ...shared,
  config: descriptor,
  layers: z.array(descriptor),
});

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md */
const imageIndex = z.looseObject({ ...shared, manifests: z.array(descriptor) });

export type Manifest =
  | ({ kind: "image" } & z.infer<typeof imageManifest>)
  | ({ kind: "index" } & z.infer<typeof imageIndex>);

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

const KINDS = new Map<string, Manifest["kind"]>([
  [OCI_MANIFEST, "image"],
  ["application/vnd.docker.distribution.manifest.v2+json", "image"],
  [OCI_INDEX, "index"],
  ["application/vnd.docker.distribution.manifest.list.v2+json", "index"],
]);

/** @throws OciError MANIFEST_INVALID for another media type, or for bytes that are not such a manifest. */
export function parseManifest(bytes: Uint8Array, mediaType: string): Manifest {
  const kind = KINDS.get(mediaType);
  if (kind === undefined) throw invalid(`unsupported media type ${mediaType}`);
  const json = parseJson(bytes);
  const parsed = kind === "image" ? imageManifest.safeParse(json) : imageIndex.safeParse(json);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  if (parsed.data.mediaType !== undefined && parsed.data.mediaType !== mediaType) {
    throw invalid(`the manifest says ${parsed.data.mediaType}, the request ${mediaType}`);
  }
  return { kind, ...parsed.data } as Manifest;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    throw invalid("not JSON");
  }
}

function invalid(detail: string): OciError {
  return new OciError(400, "MANIFEST_INVALID", "manifest invalid", detail);
}

/** Digests that must be in the registry before the manifest, except layers elsewhere (`urls`). */
export function requiredDigests(manifest: Manifest): { blobs: string[]; manifests: string[] } {
  if (manifest.kind === "index") {
    return { blobs: [], manifests: manifest.manifests.map((child) => child.digest) };
  }
  const local = manifest.layers.filter(
    (layer) => layer.urls === undefined && !/nondistributable|foreign/.test(layer.mediaType),
  );
  return { blobs: [manifest.config, ...local].map((blob) => blob.digest), manifests: [] };
}

const SOURCE = "org.opencontainers.image.source";
const imageConfig = z.looseObject({
  config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).optional(),
});

/**
 * The image's source: the annotation of the manifest, else the label in the
 * image's configuration. `undefined` if neither is there.
 */
export function sourceOf(manifest: Manifest, config: Uint8Array | undefined): string | undefined {
  const annotated = manifest.annotations?.[SOURCE];
  if (annotated !== undefined || config === undefined) return annotated;
  try {
    return imageConfig.parse(JSON.parse(Buffer.from(config).toString())).config?.Labels?.[SOURCE];
  } catch {
    // An artifact's configuration may be anything; then there is no label.
    return undefined;
  }
}
