import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestOf } from "../../src/registry/distribution/digest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../src/registry/distribution/manifest.ts";
import { describe, json, type TinyImage } from "../../src/testing/tiny-image.ts";

/** An index of images; `annotations` are those of the index itself. */
export function tinyIndex(images: TinyImage[], annotations?: Record<string, string>): Uint8Array {
  const architectures = ["amd64", "arm64"];
  return json({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: images.map((image, index) => ({
      ...describe(OCI_MANIFEST, image.manifest),
      platform: { os: "linux", architecture: architectures[index] },
    })),
    ...(annotations && { annotations }),
  });
}

/** Writes an OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md). */
export async function writeLayout(folder: string, image: TinyImage): Promise<void> {
  await put(join(folder, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  const descriptor = {
    ...describe(OCI_MANIFEST, image.manifest),
    annotations: { "org.opencontainers.image.ref.name": "1" },
  };
  await put(join(folder, "index.json"), json({ schemaVersion: 2, manifests: [descriptor] }));
  for (const bytes of [image.config, image.layer, image.manifest]) {
    await put(join(folder, "blobs", digestOf(bytes).replace(":", "/")), bytes);
  }
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
