import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export interface Layer {
  readonly bytes: Uint8Array;
  /** Of the compressed bytes. */
  readonly digest: string;
  /** Of the tar inside. */
  readonly diffId: string;
}

/** Digest in the form of the OCI specification. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Regular files in a folder that pass the filter, sorted. */
export function listContext(folder: string, keep: (path: string) => boolean): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => lstatSync(join(folder, path)).isFile() && keep(path))
    .toSorted();
}

/** A layer with the files at the image's root: the same files always give the same bytes. */
export async function buildLayer(folder: string, paths: readonly string[]): Promise<Layer> {
  const archive = pack();
  for (const path of paths) {
    const file = join(folder, path);
    const mode = (lstatSync(file).mode & 0o111) === 0 ? 0o644 : 0o755;
    archive.entry({ name: path, mode, mtime: new Date(0) }, readFileSync(file));
  }
  archive.finalize();
  const tar = await buffer(archive);
  const bytes = gzipSync(tar);
  return { bytes, digest: digestOf(bytes), diffId: digestOf(tar) };
}
