import { gzipSync } from "node:zlib";
import { digestOf } from "../registry/distribution/digest.ts";
import { OCI_MANIFEST } from "../registry/distribution/manifest.ts";

export interface TinyImage {
  config: Uint8Array;
  layer: Uint8Array;
  manifest: Uint8Array;
  digest: string;
}

/** A complete image of less than a kilobyte; `seed` makes it differ, `source` is its OCI source label. */
export function tinyImage(seed: string, source?: string): TinyImage {
  const tar = tarWith("hello.txt", seed);
  const layer = gzipSync(tar);
  const labels = source === undefined ? {} : { "org.opencontainers.image.source": source };
  const config = json({
    architecture: "amd64",
    os: "linux",
    config: { Labels: labels },
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: describe("application/vnd.oci.image.config.v1+json", config),
    layers: [describe("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
  });
  return { config, layer, manifest, digest: digestOf(manifest) };
}

export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export function describe(mediaType: string, bytes: Uint8Array) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** A tar archive with one file (https://www.gnu.org/software/tar/manual/html_node/Standard.html). */
function tarWith(name: string, text: string): Uint8Array {
  const header = Buffer.alloc(512);
  const body = Buffer.from(text);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(body.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write("        ", 148);
  header.write("0ustar\0" + "00", 156);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ) + " ",
    148,
  );
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header, body, padding, Buffer.alloc(1024)]);
}
